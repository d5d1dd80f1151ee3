import { randomUUID } from 'node:crypto';
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf, MillraceError } from '../errors.ts';

const MIB = 1024 * 1024;
/** What is larger lies in a file. */
const HELD_BYTES = 4 * MIB;

/** What is read of a file at once. */
const CHUNK_BYTES = 64 * 1024;

/** Everything that a source has sent: in memory or, where it is large, in a file that nobody else sees. */
export interface Body {
  bytes: number;
  /** All of it; undefined: it is in a file. */
  inMemory: Buffer | undefined;
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
    if (file === undefined) return bodyOf(Buffer.concat(held, bytes));
    await write();
    return bodyIn(file, bytes);
  } catch (error) {
    await file?.close();
    throw error;
  }
}

/** A body that is in memory. */
export function bodyOf(inMemory: Buffer): Body {
  return {
    bytes: inMemory.byteLength,
    inMemory,
    async *chunks() {
      if (inMemory.byteLength > 0) yield inMemory;
    },
    close: async () => undefined,
  };
}

function bodyIn(file: FileHandle, bytes: number): Body {
  return {
    bytes,
    inMemory: undefined,
    // No stream: one that is broken off closes the file, whatever `autoClose` says, and with it all other readings.
    async *chunks() {
      for (let at = 0; at < bytes;) {
        const { buffer, bytesRead } = await file
          .read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES, at)
          .catch(failed);
        if (bytesRead === 0) failed(new Error(`it ends after ${at} of ${bytes} bytes`));
        at += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    },
    close: () => file.close(),
  };
}

/** It has no name from the beginning: whatever ends this process, nothing stays. */
async function unseenFile(): Promise<FileHandle> {
  const path = join(tmpdir(), `millrace-body-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600).catch(failed);
  await unlink(path).catch(async (error: unknown) => {
    await file.close();
    failed(error);
  });
  return file;
}

function failed(error: unknown): never {
  throw new MillraceError(
    'TEMPORARY_FILE_FAILED',
    `millrace could not keep a body of more than ${HELD_BYTES / MIB} MiB in a file in ${tmpdir()}: ${messageOf(error)}. Make room there, or name another folder by TMPDIR in the worker's environment. The load is tried again.`,
    { cause: error },
  );
}
