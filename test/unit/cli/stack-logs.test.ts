import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished, expect, it } from 'vitest';
import { homePaths } from '../../../stack/home.ts';
import { PACKAGE_DIR } from '../../../src/package.ts';
import { startProgram } from '../../support/as-user.ts';
import { waitUntil } from '../../support/wait-until.ts';

it('a log that is followed shows no password of ours, also where its line comes in two parts', async () => {
  const home = mkdtempSync(path.join(tmpdir(), 'millrace-logs-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  const file = homePaths(home).log('kafka');
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, 'first: pass-word-of-ours\n');
  const args = [path.join(PACKAGE_DIR, 'bin', 'millrace.mjs'), 'stack', 'logs', 'kafka', '--follow'];
  const variables = { MILLRACE_HOME: home, MILLRACE_MARIADB_PASSWORD: 'pass-word-of-ours' };
  const { child, finished } = startProgram(process.execPath, args, variables);
  onTestFinished(() => void child.kill());
  let stdout = '';
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  await waitUntil(() => stdout === 'first: ***\n', { timeoutMs: 20_000 });
  appendFileSync(file, 'whole\nhalf: pass-wo');
  await waitUntil(() => stdout.includes('whole\n'), { timeoutMs: 20_000 });
  appendFileSync(file, 'rd-of-ours\n');
  await waitUntil(() => stdout.includes('half: ***\n'), { timeoutMs: 20_000 });
  child.kill();
  expect((await finished).stdout).toBe('first: ***\nwhole\nhalf: ***\n');
}, 60_000);
