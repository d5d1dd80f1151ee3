import { expect, test } from 'vitest';
import { homePaths } from '../../stack/home.ts';
import { stackStatus, upStack } from '../../stack/launcher.ts';
import { processStatus } from '../../stack/process.ts';
import { stateDir } from '../../src/config.ts';
import { waitUntil } from '../support/wait-until.ts';

const home = stateDir();

test('a server that was killed is shown as dead, and comes back with up while the others stay', async () => {
  const others = () => stackStatus(home).flatMap(({ name, pid }) => (name === 'druid-router' ? [] : [pid]));
  const before = others();
  const { pid = 0 } = processStatus(homePaths(home).runDir, 'druid-router');
  process.kill(pid, 'SIGKILL');
  await waitUntil(async () => processStatus(homePaths(home).runDir, 'druid-router').state === 'dead', {
    timeoutMs: 5_000,
  });

  const lines: string[] = [];
  await upStack({ home, report: (line) => lines.push(line) });
  expect(processStatus(homePaths(home).runDir, 'druid-router').state).toBe('up');
  expect(lines.filter((line) => !line.endsWith('was up'))).toEqual([
    expect.stringMatching(/^✓ druid-router +127\.0\.0\.1:\d+ +[\d.]+ s$/),
  ]);
  expect(others()).toEqual(before);
});
