import { seeded } from '../../test/support/seeded.ts';

/** The interval that is pulled: the time of every row lies in it. */
export const DAY = { start: '2026-01-05T00:00:00Z', end: '2026-01-06T00:00:00Z' };

const SEED = 20_260_105;
const DAY_MS = 86_400_000;
/** Beyond ASCII too: a checksum shows a text that was stored under another character set. */
const NAMES = ['Ada', 'Bjørn', 'Chloé', 'Dörte', 'Emre', 'Łucja', 'Nguyễn', 'Oğuz'];

/** One row as the vendor sends it. */
export interface VendorRow {
  id: number;
  ref: string;
  at: string;
  /** A decimal number of two places. */
  amount: string;
  quantity: number;
  customer: { name: string };
  note: string | null;
  is_paid: boolean;
}

/** The row with an id, from 1 on: the same each time, in whichever process. */
export function rowOf(id: number): VendorRow {
  const random = seeded(SEED + id);
  const whole = (below: number) => Math.floor(random() * below);
  const hex = (digits: number) =>
    whole(16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  const cents = whole(10_000_000) - 1_000_000;
  return {
    id,
    ref: `${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(6)}${hex(6)}`,
    at: new Date(Date.parse(DAY.start) + whole(DAY_MS)).toISOString(),
    amount: (cents / 100).toFixed(2),
    quantity: whole(100),
    customer: { name: `${NAMES[whole(NAMES.length)]} ${whole(100_000)}` },
    note: random() < 0.3 ? null : `as agreed, part ${whole(1_000)}`,
    is_paid: random() < 0.5,
  };
}

/** The rows of a page, numbered from 1. */
export function pageOf(page: number, size: number): VendorRow[] {
  return Array.from({ length: size }, (_, index) => rowOf((page - 1) * size + index + 1));
}
