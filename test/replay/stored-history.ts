import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const FOLDER = path.join(import.meta.dirname, 'histories');

const event = z.looseObject({ eventType: z.string() });
const history = z.object({ events: z.array(event).min(1) });

/** A run's history as Temporal's tools write it: proto JSON, payloads in base64. */
export type StoredHistory = z.infer<typeof history>;

/** Every stored history, by its file's name without the ending: `<workflow>-<case>`. */
export function storedHistories(): Map<string, StoredHistory> {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
  return new Map(
    files.sort().map((file) => [file.slice(0, -'.json'.length), parseHistory(JSON.parse(read(file)))]),
  );
}

export function parseHistory(json: unknown): StoredHistory {
  return history.parse(json);
}

/** One event a line, so that a diff shows which ones changed. */
export function storeHistory(name: string, { events }: StoredHistory): void {
  const lines = events.map((event) => JSON.stringify(event));
  writeFileSync(path.join(FOLDER, `${name}.json`), `{"events":[\n${lines.join(',\n')}\n]}\n`);
}

/**
 * The same history without what is of one machine and one moment: who worked, where its files lay, which ports were
 * free, which ids were drawn, what the env was called. Replay looks at none of it.
 */
export function withoutMachine(recorded: StoredHistory, env: string): StoredHistory {
  const ids = new Map<string, string>();
  const plain = (text: string) =>
    text
      .replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, (id) => {
        const known = ids.get(id) ?? `00000000-0000-4000-8000-${String(ids.size + 1).padStart(12, '0')}`;
        ids.set(id, known);
        return known;
      })
      .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:8500')
      .replaceAll(env, 'recorded');
  return mapped(recorded, plain) as StoredHistory;
}

/** The whole text of a history as it is stored, payloads decoded: to look for what must not be in it. */
export function plainText(stored: StoredHistory): string {
  return JSON.stringify(stored, (key, value: unknown) =>
    key === 'data' && typeof value === 'string' ? decoded(value) : value,
  );
}

const FIXED: Record<string, string> = { stackTrace: '', identity: 'worker', buildId: 'recorded' };

/** Copies JSON and gives every text in it to `plain`, the texts inside payloads too. */
function mapped(value: unknown, plain: (text: string) => string): unknown {
  if (typeof value === 'string') return plain(value);
  if (Array.isArray(value)) return value.map((item) => mapped(item, plain));
  if (typeof value !== 'object' || value === null) return value;
  // A worker's own ("sticky") queue has the machine's name in its name; the normal one is beside it.
  if ('normalName' in value && value.normalName !== '') return mapped({ name: value.normalName }, plain);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, mappedField(key, item, value, plain)]),
  );
}

function mappedField(key: string, item: unknown, of: object, plain: (text: string) => string): unknown {
  if (typeof item !== 'string') return mapped(item, plain);
  const isPayload = key === 'data' && 'metadata' in of;
  return isPayload ? encoded(plain(decoded(item))) : plain(FIXED[key] ?? item);
}

const decoded = (base64: string) => Buffer.from(base64, 'base64').toString('utf8');
const encoded = (text: string) => Buffer.from(text, 'utf8').toString('base64');

function read(file: string): string {
  return readFileSync(path.join(FOLDER, file), 'utf8');
}
