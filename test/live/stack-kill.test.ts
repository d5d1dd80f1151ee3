import { expect, test } from 'vitest';
import { stackStatus } from '../../stack/launcher.ts';
import { stateDir } from '../../src/config.ts';
import { killServers, reviveServers, serverStatus } from '../support/servers.ts';

test('a server that was killed is shown as dead, and comes back with up while the others stay', async () => {
  const others = () =>
    stackStatus(stateDir()).flatMap(({ name, pid }) => (name === 'druid-router' ? [] : [pid]));
  const before = others();
  await killServers('druid-router');

  const lines = await reviveServers();
  expect(serverStatus('druid-router').state).toBe('up');
  expect(lines.filter((line) => !line.endsWith('was up'))).toEqual([
    expect.stringMatching(/^✓ druid-router +127\.0\.0\.1:\d+ +[\d.]+ s$/),
  ]);
  expect(others()).toEqual(before);
});
