import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { connectMariaDb } from '../../src/clients/mariadb.ts';
import type { Config } from '../../src/config.ts';
import { namesFor } from '../../src/names.ts';

/** One row of the combined table as text, numbers with all their digits. */
export type CombinedRow = (string | number | null)[];

const RECOMPUTE = path.join(import.meta.dirname, 'recompute.py');
const COLUMNS = [
  'hour',
  'origin',
  'carrier',
  'flights',
  'avgDelayMin',
  'airline',
  'windKph',
  'rainMm',
] as const;

/** The combined table of [from, to) as people read it, in the order of its first three columns. */
export async function combinedTable(config: Config, from: string, to: string): Promise<CombinedRow[]> {
  const db = connectMariaDb(config.mariadb, config.mariadb.reader, { connections: 1 });
  try {
    const rows = await db.query(
      `SELECT * FROM ${namesFor(config.env).schema}.delays_by_weather WHERE hour >= ? AND hour < ? ORDER BY hour, origin, carrier`,
      [sqlTime(from), sqlTime(to)],
    );
    return rows.map((row) => {
      const { hour, flights, ...rest } = row;
      const cells: Record<string, unknown> = {
        ...rest,
        hour: `${String(hour).slice(0, 19).replace(' ', 'T')}Z`,
        flights: Number(flights),
      };
      return COLUMNS.map((column) => cells[column] as string | number | null);
    });
  } finally {
    await db.close();
  }
}

/** The same from the raw CSV files, by a program that shares no code with millrace. */
export function recomputed(from: string, to: string): CombinedRow[] {
  const lines = execFileSync('python3', [RECOMPUTE, '--from', from, '--to', to], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const row = JSON.parse(line) as Record<string, string | number | null>;
      return COLUMNS.map((column) => row[column] ?? null);
    });
}

/** The hour in which an instant lies, and the same hour `days` before. */
export function replayedRange(at: string, days: number): { from: string; to: string } {
  const toMs = Math.floor(Date.parse(at) / 3_600_000) * 3_600_000;
  const iso = (ms: number) => new Date(ms).toISOString().replace('.000Z', 'Z');
  return { from: iso(toMs - days * 86_400_000), to: iso(toMs) };
}

function sqlTime(instant: string): string {
  return instant.replace('T', ' ').replace('Z', '');
}
