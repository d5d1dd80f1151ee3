import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** One running process, as the system's table shows it. */
export interface ProcessRow {
  pid: number;
  /** Process group: a program of ours and its children share the pid of the first. */
  group: number;
  rssBytes: number;
  /** When it started. With the pid it names one process for good: a recycled pid has another start. */
  identity: string;
}

const HAS_PROC = existsSync('/proc/self/stat');
const PAGE_BYTES = 4096;

/** The process with this pid, or undefined when it is gone (a zombie counts as gone). */
export function findProcess(pid: number): ProcessRow | undefined {
  return HAS_PROC ? readProc(pid) : listByPs(['-p', String(pid)])[0];
}

/** Every process of a group. */
export function groupMembers(group: number): ProcessRow[] {
  return listProcesses().filter((row) => row.group === group);
}

/** All running processes. */
export function listProcesses(): ProcessRow[] {
  if (!HAS_PROC) return listByPs(['-ax']);
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((entry) => readProc(Number(entry)))
    .filter((row) => row !== undefined);
}

let bootId: string | undefined;

function readProc(pid: number): ProcessRow | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The second field is the command in brackets and may hold blanks: count from the last bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
  // Start times count from the boot: without its id, a pid could match across a restart of the machine.
  bootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return {
    pid,
    group: Number(fields[2]),
    rssBytes: Number(fields[21]) * PAGE_BYTES,
    identity: `${bootId}/${fields[19]}`,
  };
}

function listByPs(selection: string[]): ProcessRow[] {
  let table: string;
  try {
    table = execFileSync('ps', ['-o', 'pid=,pgid=,rss=,stat=,lstart=', ...selection], {
      encoding: 'utf8',
      env: { ...PS_ENV, LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return [];
  }
  return table
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.+?)\s*$/.exec(line))
    .filter((match) => match !== null && !match[4]?.startsWith('Z'))
    .map((match) => ({
      pid: Number(match?.[1]),
      group: Number(match?.[2]),
      rssBytes: Number(match?.[3]) * 1024,
      identity: String(match?.[5]),
    }));
}

const PS_ENV = { PATH: '/bin:/usr/bin' };
