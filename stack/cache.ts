import { existsSync, mkdirSync, readFileSync, rmSync, statSync, readdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { withLock } from './lock.ts';

/** Something that is downloaded once for a user and used by every clone. */
export interface CacheEntry {
  /** Folder below the cache; carries the version, and a hash where settings decide the content. */
  name: string;
  /** What a person reads while it is fetched. */
  title: string;
  /** What is done to it meanwhile, for those who wait; 'fetched' unless told. */
  beingDone?: string;
  /** Fills the folder. What an interrupted attempt left is still there. */
  fetch: (dir: string, report: Report) => Promise<void>;
}

/** Gets one line of progress. */
export type Report = (line: string) => void;

interface Marker {
  files: number;
  bytes: number;
}

/** Where downloads lie: `millrace` in the user's cache folder. */
export function cacheDir(variables: Record<string, string | undefined>): string {
  return path.join(variables['XDG_CACHE_HOME'] || path.join(homedir(), '.cache'), 'millrace');
}

/** The file that says, written last, that an entry is whole. */
export function markerFile(dir: string): string {
  return path.join(dir, '.complete.json');
}

/**
 * The folder of an entry, fetched first where it is missing or incomplete. Clones that ask at the same time
 * wait for the one that fetches.
 */
export async function ensureCached(cache: string, entry: CacheEntry, report: Report): Promise<string> {
  const dir = path.join(cache, entry.name);
  if (isComplete(dir)) return dir;
  const { title, beingDone = 'fetched' } = entry;
  const onWait = (holder: number, ms: number) =>
    report(`  ${title}: is being ${beingDone} by process ${holder}, waited ${Math.round(ms / 1000)} s`);
  await withLock(
    path.join(cache, 'locks', entry.name),
    async () => {
      if (isComplete(dir)) return;
      rmSync(markerFile(dir), { force: true });
      mkdirSync(dir, { recursive: true });
      const begin = Date.now();
      await entry.fetch(dir, report);
      writeFileSync(markerFile(dir), JSON.stringify(measure(dir)));
      report(`  ${entry.title}: fetched in ${Math.round((Date.now() - begin) / 1000)} s`);
    },
    { onWait },
  );
  return dir;
}

/** Does the marker stand, and does the folder still hold what it says? */
export function isComplete(dir: string): boolean {
  if (!existsSync(markerFile(dir))) return false;
  try {
    const marker = JSON.parse(readFileSync(markerFile(dir), 'utf8')) as Marker;
    const now = measure(dir);
    return marker.files === now.files && marker.bytes === now.bytes;
  } catch {
    return false;
  }
}

/** Files directly in the folder; programs may write caches of their own further down. */
function measure(dir: string): Marker {
  const files = readdirSync(dir, { withFileTypes: true }).filter(
    (file) => file.isFile() && file.name !== path.basename(markerFile(dir)),
  );
  const bytes = files.reduce((sum, file) => sum + statSync(path.join(dir, file.name)).size, 0);
  return { files: files.length, bytes };
}
