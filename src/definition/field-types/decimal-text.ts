import { ExactNumber } from '../../exact-number.ts';

/** A number in its digits. */
export interface Digits {
  isNegative: boolean;
  /** Before the point, without leading zeros: '' for none. */
  whole: string;
  /** Behind the point, without zeros at the end: '' for none. */
  fraction: string;
}

const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;
/** Written out, an exponent becomes zeros: no column holds more digits. */
const MAX_EXPONENT = 100;

/** The digits of a number, or of a text that is one and nothing else; undefined for any other value. */
export function digitsOf(value: unknown): Digits | undefined {
  const text = textOf(value);
  const [, sign = '', before = '', behind = '', exponent = '0'] = NUMBER.exec(text) ?? [];
  const digits = before + behind;
  const shift = Number(exponent);
  if (digits === '' || Math.abs(shift) > MAX_EXPONENT) return undefined;
  const point = before.length + shift;
  const padded = digits.padEnd(point, '0').padStart(digits.length - Math.min(point, 0), '0');
  const at = Math.max(point, 0);
  const whole = padded.slice(0, at).replace(/^0+/, '');
  const fraction = padded.slice(at).replace(/0+$/, '');
  return { isNegative: sign === '-' && whole + fraction !== '', whole, fraction };
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || value instanceof ExactNumber ? String(value) : '';
}
