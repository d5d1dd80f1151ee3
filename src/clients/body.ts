import { randomUUID } from 'node:crypto';
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf, MillraceError } from '../errors.ts';

/** What is larger lies in a file. */
const HELD_BYTES = 4 * 1024 * 1024;

/** What is read of a file at once. */
const CHUNK_BYTES = 64 * 1024;

/** Everything that a source has sent: in memory or, where it is large, in a file that nobody else sees. */
export interface Body {
  bytes: number;
  /** All of it; undefined: it is in a file. */
  held: Buffer | undefined;
  /** All of it, part by part; it can be read more than once. */
  chunks(): AsyncIterable<Buffer>;
  /** Frees what it takes. Nothing can be read of it any more. */
  close(): Promise<void>;
}

/** A body is more than is kept. */
export class TooLarge extends Error {}

/**
 * Takes a body to its end, before anything is made of it: a source is never kept waiting by what becomes of its rows, and
 * whatever is read was whole. Memory: 4 MiB.
 *
 * @throws TooLarge · TEMPORARY_FILE_FAILED (retried) · what `chunks` throws
 */
export async function received(chunks: AsyncIterable<Buffer>, maxBytes: number): Promise<Body> {
  const held: Buffer[] = [];
  let heldBytes = 0;
  let bytes = 0;
  let file: FileHandle | undefined;
  const write = async () => {
    file ??= await unseenFile();
    await file.writeFile(Buffer.concat(held.splice(0), heldBytes)).catch(failed);
    heldBytes = 0;
  };
  try {
    for await (const chunk of chunks) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) throw new TooLarge();
      held.push(chunk);
      heldBytes += chunk.byteLength;
      if (heldBytes > HELD_BYTES) await write();
    }
    if (file === undefined) return heldBody(Buffer.concat(held, bytes));
    await write();
    return bodyIn(file, bytes);
  } catch (error) {
    await file?.close();
    throw error;
  }
}

/** A body that is in memory. */
export function heldBody(held: Buffer): Body {
  return {
    bytes: held.byteLength,
    held,
    async *chunks() {
      if (held.byteLength > 0) yield held;
    },
    close: async () => undefined,
  };
}

function bodyIn(file: FileHandle, bytes: number): Body {
  return {
    bytes,
    held: undefined,
    chunks: () => file.createReadStream({ start: 0, autoClose: false, highWaterMark: CHUNK_BYTES }),
    close: () => file.close(),
  };
}

/** It has no name from the beginning: whatever ends this process, nothing stays. */
async function unseenFile(): Promise<FileHandle> {
  const path = join(tmpdir(), `millrace-body-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600).catch(failed);
  await unlink(path).catch(failed);
  return file;
}

function failed(error: unknown): never {
  throw new MillraceError(
    'TEMPORARY_FILE_FAILED',
    `An answer of more than 4 MiB is kept in a file below ${tmpdir()} while it is read, and that failed: ${messageOf(error)}. Make room there, or name another folder by TMPDIR in the worker's environment; the load is tried again.`,
    { cause: error },
  );
}
