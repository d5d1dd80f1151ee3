import { cpus } from 'node:os';

/** One thing that was timed: every sample, in milliseconds, in the order in which it was taken. */
export interface Timed {
  what: string;
  samplesMs: number[];
}

/** What one round timed, how busy the machine was meanwhile, and the counts that were asserted. */
export interface Group {
  what: string;
  seconds: number;
  /** Of all cores, by everything on the machine: the servers, the bench and whatever else ran. */
  cpuBusyPercent: number;
  timed: Timed[];
  counts: Record<string, number>;
}

export interface Figures {
  count: number;
  minMs: number;
  p50Ms: number;
  p95Ms: number;
  maxMs: number;
}

/** Percentiles by nearest rank: p95 of 20 is the 19th of the sorted values, never a value between two. */
export function figuresOf(samplesMs: readonly number[]): Figures {
  const sorted = [...samplesMs].sort((a, b) => a - b);
  const rank = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return { count: sorted.length, minMs: rank(0), p50Ms: rank(0.5), p95Ms: rank(0.95), maxMs: rank(1) };
}

/** Runs a round, and notes its time and how busy the machine was. */
export async function measured(
  what: string,
  work: () => Promise<Pick<Group, 'timed' | 'counts'>>,
): Promise<Group> {
  const [began, before] = [performance.now(), cpuTimes()];
  const { timed, counts } = await work();
  const after = cpuTimes();
  const busy = (after.busy - before.busy) / (after.all - before.all);
  const seconds = Math.round((performance.now() - began) / 1_000);
  return { what, seconds, cpuBusyPercent: Math.round(busy * 100), timed, counts };
}

/** @throws naming the count, when it is not exactly what was expected */
export function expectCount(what: string, found: number, expected: number): void {
  if (found !== expected) throw new Error(`${what}: expected exactly ${expected}, found ${found}`);
}

function cpuTimes(): { busy: number; all: number } {
  let [busy, all] = [0, 0];
  for (const { times } of cpus()) {
    const total = times.user + times.nice + times.sys + times.idle + times.irq;
    all += total;
    busy += total - times.idle;
  }
  return { busy, all };
}
