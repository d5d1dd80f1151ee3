import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { PACKAGE_DIR } from '../../src/package.ts';
import type { Limit } from './share.ts';

/** What the vendor has, and how often it may be asked. */
export interface Setting {
  pages: number;
  /** Rows of a page. */
  rows: number;
  /** Absent: as often as one likes. */
  limit?: Limit;
}

/** What the vendor counted since it was set. */
export interface Counts {
  requests: number;
  /** With 200. */
  answered: number;
  /** With 429. */
  refused: number;
  mostAtOnce: number;
  /** When the first and the last request came that was answered with 200, by a clock of the vendor's own. */
  firstMs?: number;
  lastMs?: number;
}

export interface Vendor {
  url: string;
  set(setting: Setting): Promise<void>;
  counts(): Promise<Counts>;
  close(): Promise<void>;
}

/** Starts the vendor in a process of its own: what it does for its answers is nobody's processor time. */
export async function startVendorProcess(): Promise<Vendor> {
  const script = path.join(PACKAGE_DIR, 'bench', 'pulls', 'vendor.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script], {
    cwd: PACKAGE_DIR,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const url = line.toString().trim();
  const control = async (options: RequestInit = {}): Promise<Counts> => {
    const answer = await fetch(`${url}/control`, options);
    if (!answer.ok) throw new Error(`the vendor refused: ${await answer.text()}`);
    return (await answer.json()) as Counts;
  };
  return {
    url,
    set: async (setting) => {
      await control({ method: 'POST', body: JSON.stringify(setting) });
    },
    counts: () => control(),
    close: async () => {
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
    },
  };
}
