import { spawn } from 'node:child_process';
import path from 'node:path';
import { z } from 'zod';
import { cacheDir, ensureCached, type CacheEntry } from '../../stack/cache.ts';
import { goInstall } from '../../stack/go.ts';
import { answers, LOOPBACK, pickFreePort } from '../../stack/net.ts';
import { plainEnvironment } from '../../stack/server.ts';
import { processVariables } from '../../src/config.ts';
import { followed } from './child.ts';
import { waitUntil } from './wait-until.ts';

const VERSION = '2.5.0';

const TOXIPROXY: CacheEntry = {
  name: `toxiproxy-${VERSION}`,
  title: `toxiproxy ${VERSION}`,
  beingDone: 'compiled',
  fetch: (dir, report) =>
    goInstall({
      title: `toxiproxy ${VERSION}`,
      program: `github.com/Shopify/toxiproxy/v2/cmd/server@v${VERSION}`,
      dir,
      log: 'toxiproxy',
      report,
    }),
};

/** What spoils the bytes of a link, by toxiproxy's names and units (ms, bytes, KB/s, µs). */
export interface Toxic {
  type: 'latency' | 'reset_peer' | 'limit_data' | 'timeout' | 'slicer' | 'bandwidth';
  /** Which way: to the server, or back from it. */
  stream: 'upstream' | 'downstream';
  attributes: Record<string, number>;
}

/** A TCP proxy before one server. */
export interface Link {
  /** Where it listens. */
  port: number;
  /** Puts a toxic on it, on open connections too. */
  spoil(toxic: Toxic): Promise<void>;
  /** Closes all its connections and refuses new ones. */
  refuse(): Promise<void>;
  /** Takes every toxic off, and lets connections in again. */
  mend(): Promise<void>;
}

/** A toxiproxy of a test's own: a program that nobody here wrote. */
export interface Toxiproxy {
  link(name: string, to: { host: string; port: number }): Promise<Link>;
  stop(): Promise<void>;
}

const created = z.object({ listen: z.string() });

/** Starts it, after compiling it where this user has none (under a minute). */
export async function startToxiproxy(): Promise<Toxiproxy> {
  const report = (line: string) => void process.stderr.write(`${line}\n`);
  const dir = await ensureCached(cacheDir(processVariables()), TOXIPROXY, report);
  const port = await pickFreePort(new Set());
  const server = followed(
    spawn(path.join(dir, 'server'), ['-host', LOOPBACK, '-port', String(port)], {
      env: plainEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe'],
    }),
  );
  const api = `http://${LOOPBACK}:${port}`;
  const ask = async (method: string, at: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(`${api}${at}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const said = await answer.text();
    if (!answer.ok) throw new Error(`toxiproxy refused ${method} ${at}: ${said}`);
    return said === '' ? undefined : JSON.parse(said);
  };
  await waitUntil(() => answers(`${api}/version`).catch(() => false), { timeoutMs: 20_000 });
  return {
    async link(name, to) {
      const proxy = {
        name,
        listen: `${LOOPBACK}:0`,
        upstream: `${to.host}:${to.port}`,
        enabled: true,
      };
      const { listen } = created.parse(await ask('POST', '/proxies', proxy));
      const place = `/proxies/${name}`;
      let toxics = 0;
      return {
        port: Number(listen.split(':').at(-1)),
        async spoil(toxic) {
          await ask('POST', `${place}/toxics`, { ...toxic, name: `t${toxics++}`, toxicity: 1 });
        },
        async refuse() {
          await ask('POST', place, { enabled: false });
        },
        async mend() {
          const { toxics: left } = known.parse(await ask('GET', place));
          for (const { name: toxic } of left) await ask('DELETE', `${place}/toxics/${toxic}`);
          await ask('POST', place, { enabled: true });
        },
      };
    },
    async stop() {
      await server.kill('SIGTERM');
    },
  };
}

const known = z.object({ toxics: z.array(z.object({ name: z.string() })) });
