import { cpuSeconds } from '../usage/processes.ts';
import type { Competitor, Job, Ready } from './competitors/competitor.ts';
import { watchingMemory, type Memory } from './memory.ts';
import type { Part } from './options.ts';
import { shareOfAllowed, shareRefused } from './share.ts';
import { refuseWrong, sumsSql, type Sums } from './sums.ts';
import type { Counts, Setting, Vendor } from './vendor-process.ts';

/** What one pull took. */
export interface Pulled extends Limited {
  competitor: string;
  part: Part;
  round: number;
  seconds: number;
  rowsPerSecond: number;
  /** Of the competitor's processes, user and system. MariaDB's, Temporal's and the vendor's are not in it. */
  cpuSeconds: number;
  memoryMb: Memory;
}

/** What the vendor counted of one pull. */
interface Limited {
  requests: number;
  mostAtOnce: number;
  /** Requests that were refused with 429, and their share of all. */
  refused: number;
  refusedShare: number;
  /** Of the requests that the limit allowed, in percent; only where there is one. */
  allowedSharePercent?: number;
}

/** One pull of one competitor, from its start to the last row. @throws where it did not bring exactly what the vendor has */
export async function measurePull(
  competitor: Competitor,
  { part, round }: { part: Part; round: number },
  job: Job,
  vendor: Vendor,
  expected: Sums,
): Promise<Pulled> {
  const { setting } = job;
  const ready = await competitor.open(job);
  try {
    await vendor.set(setting);
    const { result, memory } = await watchingMemory(ready.pid, { vendor, pages: setting.pages }, () =>
      timed(ready),
    );
    const counts = await vendor.counts();
    const [found] = await job.admin.query(sumsSql(ready.table, ready.customer));
    refuseWrong(competitor.name, found ?? {}, expected);
    return {
      competitor: competitor.name,
      part,
      round,
      seconds: to(2, result.seconds),
      rowsPerSecond: Math.round((setting.pages * setting.rows) / result.seconds),
      cpuSeconds: to(2, result.cpu),
      memoryMb: memory,
      ...countedBy(counts, setting),
    };
  } finally {
    await ready.close();
  }
}

async function timed({ pid, pull }: Ready): Promise<{ seconds: number; cpu: number }> {
  const [began, cpuBefore] = [performance.now(), cpuSeconds(pid)];
  await pull();
  return { seconds: (performance.now() - began) / 1_000, cpu: cpuSeconds(pid) - cpuBefore };
}

function countedBy(
  { requests, mostAtOnce, answered, refused, firstMs = 0, lastMs = 0 }: Counts,
  { limit }: Setting,
): Limited {
  const counted = { requests, mostAtOnce, refused, refusedShare: to(4, shareRefused(answered, refused)) };
  if (limit === undefined) return counted;
  const share = shareOfAllowed(answered, (lastMs - firstMs) / 1_000, limit);
  return { ...counted, allowedSharePercent: to(1, 100 * share) };
}

function to(places: number, value: number): number {
  return Math.round(value * 10 ** places) / 10 ** places;
}
