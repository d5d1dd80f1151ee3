import { once } from 'node:events';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';
import { PACKAGE_DIR } from '../../../src/package.ts';

test('a command whose reader has read enough ends as shells expect it, and says nothing', async () => {
  const command = path.join(PACKAGE_DIR, 'bin', 'millrace.mjs');
  const child = spawn(process.execPath, [command, 'completion', 'bash'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.destroy();
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  expect([code, said]).toEqual([141, '']);
});
