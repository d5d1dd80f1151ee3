import { mkdir, writeFile } from 'node:fs/promises';
import { arch, cpus, loadavg, platform, totalmem } from 'node:os';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { renderTable } from '../../src/cli/table.ts';
import { figuresOf, type Group } from './figures.ts';

const RESULTS = path.resolve(import.meta.dirname, '..', 'results');

interface Result {
  began: Date;
  machine: ReturnType<typeof machine>;
  /** 1, 5 and 15 minutes. */
  loadBefore: number[];
  settings: Record<string, string>;
  groups: Group[];
}

export function machine() {
  return {
    cores: cpus().length,
    cpu: cpus()[0]?.model ?? 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${arch()}`,
    node: process.version,
  };
}

export function loadNow(): number[] {
  return loadavg().map((load) => Math.round(load * 100) / 100);
}

/** The figures as a small table on stdout, in milliseconds. */
export function printTable(groups: Group[]): void {
  for (const { what, seconds, cpuBusyPercent, timed } of groups) {
    const rows = timed.map(({ what, samplesMs }) => {
      const { count, minMs, p50Ms, p95Ms, maxMs } = figuresOf(samplesMs);
      return [what, String(count), ...[minMs, p50Ms, p95Ms, maxMs].map((ms) => `${Math.round(ms)} ms`)];
    });
    process.stdout.write(`\n${what} (${seconds} s, CPU ${cpuBusyPercent} % busy)\n`);
    process.stdout.write(renderTable(['', 'N', 'MIN', 'P50', 'P95', 'MAX'], rows));
  }
}

/** Writes the result of this day, in place of an earlier one of the same day. @returns its path in the project */
export async function writeResult({ began, groups, ...rest }: Result): Promise<string> {
  const file = path.join(RESULTS, `latency-${began.toISOString().slice(0, 10)}.json`);
  const result = {
    date: began.toISOString(),
    ...rest,
    percentiles: 'nearest rank',
    rounds: groups.map(({ timed, ...group }) => ({ ...group, timed: timed.map(withFigures) })),
  };
  await mkdir(RESULTS, { recursive: true });
  const style = { ...(await resolveConfig(file)), parser: 'json' };
  await writeFile(file, await format(JSON.stringify(result), style));
  return path.relative(path.resolve(RESULTS, '..', '..'), file);
}

function withFigures({ what, samplesMs }: Group['timed'][number]) {
  const samples = samplesMs.map(tenth);
  const figures = Object.entries(figuresOf(samples));
  return { what, ...Object.fromEntries(figures), samplesMs: samples };
}

function tenth(ms: number): number {
  return Math.round(ms * 10) / 10;
}
