import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { CLICKS, plannedClicks } from '../support/clicks.ts';
import { openIngestEnv, readTopic } from '../support/ingest-env.ts';
import { startIngestProcess } from '../support/ingest-process.ts';
import { waitUntil } from '../support/wait-until.ts';

test('a worker that wakes after another has taken over doubles nothing', async () => {
  const env = await openIngestEnv('ingest-zombie.test.ts');
  const planned = plannedClicks(30_000, 11, CLICKS.partitions);
  const ids = (kind: string) => planned.filter((event) => event.kind === kind).map(({ id }) => id);
  const first = await startIngestProcess(env.names.env, CLICKS);
  const second = await startIngestProcess(env.names.env, CLICKS);
  try {
    const feeding = (async () => {
      for (let at = 0; at < planned.length; at += 300) {
        await env.produce(planned.slice(at, at + 300).map(({ message }) => message));
        await sleep(150);
      }
    })();
    await waitUntil(async () => (await env.counts()).raw > 2_000, { timeoutMs: 60_000 });
    first.child.kill('SIGSTOP');
    const stoppedAt = Date.now();
    // Longer than the session timeout of 10 s.
    await waitUntil(() => Date.now() - stoppedAt > 14_000, { timeoutMs: 20_000 });
    first.child.kill('SIGCONT');
    await feeding;
    await env.drained(60_000);
    const clean = await readTopic(env.plain, env.topics.clean);
    expect(clean.map(({ key }) => key).sort()).toEqual(ids('clean').sort());
    expect(await env.counts()).toMatchObject({
      raw: planned.length,
      clean: clean.length,
      duplicate: ids('duplicate').length,
    });
    // It woke up fenced, or thrown out of the group; else this has proved nothing.
    await waitUntil(() => /INVALID_PRODUCER_EPOCH|re-joining/.test(first.log()), { timeoutMs: 10_000 });
    await Promise.all([first.kill('SIGTERM'), second.kill('SIGTERM')]);
    expect([first.child.exitCode, second.child.exitCode]).toEqual([0, 0]);
  } finally {
    await Promise.all([first.kill('SIGKILL'), second.kill('SIGKILL')]);
    await env.drop();
  }
}, 180_000);
