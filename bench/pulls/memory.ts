import { forgetPeak, peakMb, residentMb } from '../usage/processes.ts';
import type { Vendor } from './vendor-process.ts';

/** What the competitor's processes hold, in MB, seen every 100 ms. */
export interface Memory {
  idle: number;
  peak: number;
  peakOverIdle: number;
  /** When so many percent of the pages had been answered. */
  at10Percent: number;
  at50Percent: number;
  at100Percent: number;
}

const SAMPLE_MS = 100;

/** Watches the memory of a process and its children while some work is done. */
export async function watchingMemory<T>(
  pid: number | undefined,
  { vendor, pages }: { vendor: Vendor; pages: number },
  work: () => Promise<T>,
): Promise<{ result: T; memory: Memory }> {
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
  try {
    const result = await work();
    await looking.then(look);
    return { result, memory: memoryOf(idle, peakMb(pid), seen) };
  } finally {
    clearInterval(timer);
    await looking;
  }
}

/** @param peakOfProcess of the process alone: a short peak between two looks */
function memoryOf(
  idle: number,
  peakOfProcess: number,
  seen: readonly { share: number; mb: number }[],
): Memory {
  const peak = Math.max(peakOfProcess, ...seen.map(({ mb }) => mb));
  const at = (share: number) => Math.round(seen.find((one) => one.share >= share)?.mb ?? 0);
  return {
    idle: Math.round(idle),
    peak: Math.round(peak),
    peakOverIdle: Math.round(peak - idle),
    at10Percent: at(0.1),
    at50Percent: at(0.5),
    at100Percent: at(1),
  };
}
