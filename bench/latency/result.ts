import { loadavg } from 'node:os';
import { renderTable } from '../../src/cli/table.ts';
import { recordResult } from '../../test/support/result.ts';
import { figuresOf, type Group } from './figures.ts';

interface Result {
  began: Date;
  /** 1, 5 and 15 minutes. */
  loadBefore: number[];
  settings: Record<string, string>;
  groups: Group[];
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

/** Keeps the result of this day, in place of an earlier one of the same day. @returns its path in the project */
export function writeResult({ began, groups, ...rest }: Result): Promise<string> {
  const rounds = groups.map(({ timed, ...group }) => ({ ...group, timed: timed.map(withFigures) }));
  return recordResult('latency', { ...rest, percentiles: 'nearest rank', rounds }, began);
}

function withFigures({ what, samplesMs }: Group['timed'][number]) {
  const samples = samplesMs.map(tenth);
  const figures = Object.entries(figuresOf(samples));
  return { what, ...Object.fromEntries(figures), samplesMs: samples };
}

function tenth(ms: number): number {
  return Math.round(ms * 10) / 10;
}
