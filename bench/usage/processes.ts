import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** Of the kernel's process times. */
const TICKS_PER_SECOND = 100;

/** Processor time of a process and of those that it has started, user and system, by Linux. */
export function cpuSeconds(pid: number | undefined): number {
  const ticks = familyOf(pid).flatMap((one) => statOf(one).slice(11, 15).map(Number));
  return ticks.reduce((sum, each) => sum + each, 0) / TICKS_PER_SECOND;
}

/** What a process and those that it has started hold in memory now, in MB. */
export function residentMb(pid: number | undefined): number {
  return familyOf(pid).reduce((sum, one) => sum + memoryMb(one, 'VmRSS'), 0);
}

/** The most that the process itself has held since {@link forgetPeak}, in MB. */
export function peakMb(pid: number | undefined): number {
  return memoryMb(pid, 'VmHWM');
}

/** Has Linux count the peak from now on. */
export function forgetPeak(pid: number | undefined): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** The process and all below it that run; those that have ended are in the times of the one that waited for them. */
function familyOf(pid: number | undefined): number[] {
  if (pid === undefined) return [];
  return [pid, ...childrenOf(pid).flatMap(familyOf)];
}

/** Any of its threads may have started one. */
function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}

/** The fields after the program's name; empty where the process has just ended. */
function statOf(pid: number): string[] {
  return (read(`/proc/${pid}/stat`).split(') ')[1] ?? '').split(' ');
}

function memoryMb(pid: number | undefined, field: string): number {
  const [, kilobytes = '0'] = new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(read(`/proc/${pid}/status`)) ?? [];
  return Number(kilobytes) / 1_024;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
