import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';

/** The one address that everything natively started listens on. */
export const LOOPBACK = '127.0.0.1';

/** Can we listen on this port of 127.0.0.1? */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** A port that nobody uses, below the range that systems lend to outgoing connections. */
export async function pickFreePort(taken: ReadonlySet<number>): Promise<number> {
  for (;;) {
    const port = 10_240 + Math.floor(Math.random() * 22_000);
    if (!taken.has(port) && (await isFree(port))) return port;
  }
}

/** Connects, sends what is given and returns the first bytes that come back. Rejects after `timeoutMs`. */
export function firstBytes(port: number, send: Buffer | string = '', timeoutMs = 2_000): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port, host: LOOPBACK });
    const fail = (error: Error) => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(timeoutMs, () => fail(new Error(`no answer within ${timeoutMs} ms`)));
    socket.once('error', fail);
    socket.once('close', () => fail(new Error('closed without an answer')));
    socket.once('connect', () => socket.write(send));
    socket.once('data', (bytes) => {
      resolve(bytes);
      socket.destroy();
    });
  });
}

/**
 * Does this URL answer with 2xx? Rejects when nobody answers within `timeoutMs`.
 *
 * By node:http with a timer of its own: the limit of a `fetch` (AbortSignal.timeout) does not keep the process
 * alive, so a start that only waits for a silent server could end in the middle.
 */
export function answers(url: string, timeoutMs = 2_000): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent: false }, (response) => {
      response.resume().once('end', () => resolve(isSuccess(response.statusCode)));
      response.once('error', reject);
    });
    const timer = setTimeout(() => request.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    request.once('error', reject);
    request.once('close', () => {
      clearTimeout(timer);
      reject(new Error('closed without an answer'));
    });
  });
}

function isSuccess(status = 0): boolean {
  return status >= 200 && status < 300;
}

/** The process that listens on a port, where /proc tells (Linux, and a process that we may look into). */
export function ownerOfPort(port: number): { pid: number; command: string } | undefined {
  try {
    const inodes = new Set(
      listeningInodes('/proc/net/tcp', port).concat(listeningInodes('/proc/net/tcp6', port)),
    );
    if (inodes.size === 0) return undefined;
    for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
      if (!holdsSocket(pid, inodes)) continue;
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      return { pid: Number(pid), command: command.length > 60 ? `${command.slice(0, 57)}...` : command };
    }
  } catch {
    // No /proc on this system: the owner stays unknown.
  }
  return undefined;
}

const TCP_LISTEN = '0A';

function listeningInodes(file: string, port: number): string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return readFileSync(file, 'utf8')
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(`:${wanted}`) && fields[3] === TCP_LISTEN)
    .map((fields) => `socket:[${fields[9]}]`);
}

function holdsSocket(pid: string, sockets: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return sockets.has(readlinkSync(`/proc/${pid}/fd/${fd}`));
      } catch {
        return false;
      }
    });
  } catch {
    return false;
  }
}
