import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { homePaths } from '../../stack/home.ts';
import { connectMariaDb } from '../../src/clients/mariadb.ts';
import type { Config } from '../../src/config.ts';
import { namesFor } from '../../src/names.ts';

/** One row of the combined table as text, numbers with all their digits. */
export type CombinedRow = (string | number | null)[];

interface HourRange {
  from: string;
  to: string;
}

const HOUR_MS = 3_600_000;
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

/** The whole hours that an env's replay has sent at its start. */
export function replayedRange({ homeDir, env }: Pick<Config, 'homeDir' | 'env'>): HourRange {
  const file = `${homePaths(homeDir).state(`${env}-replay`)}.json`;
  const { from, to } = JSON.parse(readFileSync(file, 'utf8')) as HourRange;
  return { from: inSeconds(from), to: hourOf(to) };
}

/** So many whole hours before the one in which an instant lies. */
export function hoursBefore(at: string, hours: number): HourRange {
  const to = hourOf(at);
  return { from: inSeconds(new Date(Date.parse(to) - hours * HOUR_MS).toISOString()), to };
}

const hourOf = (at: string) =>
  inSeconds(new Date(Math.floor(Date.parse(at) / HOUR_MS) * HOUR_MS).toISOString());
const inSeconds = (instant: string) => instant.replace('.000Z', 'Z');

function sqlTime(instant: string): string {
  return instant.replace('T', ' ').replace('Z', '');
}
