import { renderTable } from '../../src/cli/table.ts';
import type { Pulled } from './measure.ts';
import type { Part } from './options.ts';
import { medianTo } from './share.ts';

/** The middle of a competitor's rounds. */
export interface Medians {
  part: Part;
  competitor: string;
  rounds: number;
  seconds: number;
  rowsPerSecond: number;
  cpuSeconds: number;
  peakMb: number;
  peakOverIdleMb: number;
  refusedPercent: number;
  allowedSharePercent?: number;
}

/** What was promised, and whether it came true. */
export interface Target {
  what: string;
  wanted: string;
  found: number;
  isMet: boolean;
}

/** How many times as good as another competitor millrace is: above 1 it wins, below 1 it loses. */
export interface Ratio {
  part: Part;
  against: string;
  rowsPerSecond: number;
  cpuSeconds: number;
  peakMb: number;
}

const OURS = 'millrace';

/** The median of each figure, by part and competitor. */
export function mediansOf(pulls: readonly Pulled[]): Medians[] {
  const firsts = pulls.filter((pull, index) => pulls.findIndex((other) => isOneOf(pull, other)) === index);
  return firsts.map((first) =>
    mediansOfOne(
      first,
      pulls.filter((pull) => isOneOf(first, pull)),
    ),
  );
}

/** Of millrace to each of the others. */
export function ratiosOf(medians: readonly Medians[]): Ratio[] {
  return medians
    .filter(({ competitor }) => competitor !== OURS)
    .flatMap((other) => {
      const ours = medians.find(({ part, competitor }) => part === other.part && competitor === OURS);
      if (ours === undefined) return [];
      return {
        part: other.part,
        against: other.competitor,
        rowsPerSecond: hundredth(ours.rowsPerSecond / other.rowsPerSecond),
        cpuSeconds: hundredth(other.cpuSeconds / ours.cpuSeconds),
        peakMb: hundredth(other.peakMb / ours.peakMb),
      };
    });
}

/** The targets that can be judged from what was measured. */
export function targetsOf(medians: readonly Medians[], ratios: readonly Ratio[]): Target[] {
  const toDlt = ratios.find(({ part, against }) => part === 'free' && against === 'dlt')?.rowsPerSecond;
  const limited = medians.find(({ part, competitor }) => part === 'limited' && competitor === OURS);
  return [
    toDlt === undefined
      ? undefined
      : { what: 'rows per second, times those of dlt', wanted: '>= 5', found: toDlt, isMet: toDlt >= 5 },
    limited?.allowedSharePercent === undefined
      ? undefined
      : {
          what: 'percent of the allowed requests that were used',
          wanted: '>= 95',
          found: limited.allowedSharePercent,
          isMet: limited.allowedSharePercent >= 95,
        },
    limited === undefined
      ? undefined
      : {
          what: 'percent of the requests that were refused with 429',
          wanted: '<= 1',
          found: limited.refusedPercent,
          isMet: limited.refusedPercent <= 1,
        },
  ].filter((target) => target !== undefined);
}

/** Medians, ratios and targets as small tables on stdout. */
export function printResult(medians: Medians[], ratios: Ratio[], targets: Target[]): void {
  const print = (headings: string[], rows: object[]) => {
    if (rows.length === 0) return;
    const cells = rows.map((row) => Object.values(row).map(String));
    process.stdout.write(`\n${renderTable(headings, cells)}`);
  };
  print(
    [
      'PART',
      'COMPETITOR',
      'ROUNDS',
      'SECONDS',
      'ROWS/S',
      'CPU S',
      'PEAK MB',
      'OVER IDLE',
      '429 %',
      'ALLOWED %',
    ],
    medians,
  );
  print(['PART', 'AGAINST', 'ROWS/S ×', 'CPU ×', 'MEMORY ×'], ratios);
  print(['TARGET', 'WANTED', 'FOUND', 'MET'], targets);
}

function isOneOf(one: Pulled, other: Pulled): boolean {
  return one.part === other.part && one.competitor === other.competitor;
}

function mediansOfOne({ part, competitor }: Pulled, group: readonly Pulled[]): Medians {
  const middle = (places: number, figure: (pull: Pulled) => number) => medianTo(places, group.map(figure));
  const shares = group.flatMap(({ allowedSharePercent }) => allowedSharePercent ?? []);
  return {
    part,
    competitor,
    rounds: group.length,
    seconds: middle(2, ({ seconds }) => seconds),
    rowsPerSecond: middle(0, ({ rowsPerSecond }) => rowsPerSecond),
    cpuSeconds: middle(2, (pull) => pull.cpuSeconds),
    peakMb: middle(0, ({ memoryMb }) => memoryMb.peak),
    peakOverIdleMb: middle(0, ({ memoryMb }) => memoryMb.peakOverIdle),
    refusedPercent: middle(2, ({ refusedShare }) => 100 * refusedShare),
    ...(shares.length === 0 ? {} : { allowedSharePercent: medianTo(1, shares) }),
  };
}

function hundredth(value: number): number {
  return Math.round(value * 100) / 100;
}
