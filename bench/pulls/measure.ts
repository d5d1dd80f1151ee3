import { cpuSeconds, forgetPeak, peakMb, residentMb } from '../usage/processes.ts';
import type { Competitor, Job } from './competitors/competitor.ts';
import type { Part } from './options.ts';
import { shareOfAllowed, shareRefused } from './share.ts';
import { refuseWrong, sumsSql, type Sums } from './sums.ts';
import type { Vendor } from './vendor-process.ts';

/** What one pull took. */
export interface Pulled {
  competitor: string;
  part: Part;
  round: number;
  seconds: number;
  rowsPerSecond: number;
  /** Of the competitor's processes, user and system. MariaDB's, Temporal's and the vendor's are not in it. */
  cpuSeconds: number;
  memoryMb: Memory;
  requests: number;
  mostAtOnce: number;
  /** Requests that were refused with 429, and their share of all. */
  refused: number;
  refusedShare: number;
  /** Of the requests that the limit allowed, in percent; only where there is one. */
  allowedSharePercent?: number;
}

/** What the competitor's processes hold, in MB, seen every 100 ms. */
interface Memory {
  idle: number;
  peak: number;
  peakOverIdle: number;
  /** When so many percent of the pages had been answered. */
  at10Percent: number;
  at50Percent: number;
  at100Percent: number;
}

const SAMPLE_MS = 100;

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
    const memory = watchMemory(ready.pid, vendor, setting.pages);
    const [began, cpuBefore] = [performance.now(), cpuSeconds(ready.pid)];
    await ready.pull();
    const [seconds, cpu] = [(performance.now() - began) / 1_000, cpuSeconds(ready.pid) - cpuBefore];
    const seen = await memory.end();
    const counts = await vendor.counts();
    const [found] = await job.admin.query(sumsSql(ready.table, ready.customer));
    refuseWrong(competitor.name, found ?? {}, expected);
    const { firstMs = 0, lastMs = 0, answered, refused } = counts;
    return {
      competitor: competitor.name,
      part,
      round,
      seconds: to(2, seconds),
      rowsPerSecond: Math.round((setting.pages * setting.rows) / seconds),
      cpuSeconds: to(2, cpu),
      memoryMb: seen,
      requests: counts.requests,
      mostAtOnce: counts.mostAtOnce,
      refused,
      refusedShare: to(4, shareRefused(answered, refused)),
      ...(setting.limit === undefined
        ? {}
        : {
            allowedSharePercent: to(
              1,
              100 * shareOfAllowed(answered, (lastMs - firstMs) / 1_000, setting.limit),
            ),
          }),
    };
  } finally {
    await ready.close();
  }
}

/** Looks every 100 ms, with how many pages were answered by then. */
function watchMemory(pid: number | undefined, vendor: Vendor, pages: number): { end(): Promise<Memory> } {
  const idle = residentMb(pid);
  forgetPeak(pid);
  const seen: { share: number; mb: number }[] = [];
  let looking: Promise<void> = Promise.resolve();
  const look = async () => {
    const { answered } = await vendor.counts();
    seen.push({ share: answered / pages, mb: residentMb(pid) });
  };
  const timer = setInterval(() => {
    looking = looking.then(look);
  }, SAMPLE_MS);
  return {
    async end() {
      clearInterval(timer);
      await looking.then(look);
      // The process alone: a short peak between two looks.
      const peak = Math.max(peakMb(pid), ...seen.map(({ mb }) => mb));
      const at = (share: number) => Math.round(seen.find((one) => one.share >= share)?.mb ?? 0);
      return {
        idle: Math.round(idle),
        peak: Math.round(peak),
        peakOverIdle: Math.round(peak - idle),
        at10Percent: at(0.1),
        at50Percent: at(0.5),
        at100Percent: at(1),
      };
    },
  };
}

function to(places: number, value: number): number {
  return Math.round(value * 10 ** places) / 10 ** places;
}
