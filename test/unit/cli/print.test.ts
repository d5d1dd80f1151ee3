import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { asJson, print, printFound, tell, tellFound } from '../../../src/cli/print.ts';
import { differencesText } from '../../../src/cli/difference-text.ts';

const PASSWORD = 'of-druid-and-long-enough';

let written: Record<'stdout' | 'stderr', string>;

beforeEach(() => {
  written = { stdout: '', stderr: '' };
  vi.stubEnv('MILLRACE_DRUID_URL', `http://me:${PASSWORD}@127.0.0.1:9`);
  for (const stream of ['stdout', 'stderr'] as const)
    vi.spyOn(process[stream], 'write').mockImplementation((text) => (written[stream] += String(text)) !== '');
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

it('no text of a command holds a password of ours, whichever way it goes', () => {
  print(`Druid at http://me:${PASSWORD}@127.0.0.1:9\n`);
  tell(`waiting for http://me:${PASSWORD}@127.0.0.1:9\n`);
  expect(written).toEqual({
    stdout: 'Druid at http://me:***@127.0.0.1:9\n',
    stderr: 'waiting for http://me:***@127.0.0.1:9\n',
  });
});

it('what was found is printed without one, also where only a part of it would be shown', () => {
  const cut = { path: ['url'], live: `${'x'.repeat(80)}${PASSWORD}${'y'.repeat(20)}`, byHand: true };
  const difference = { ...cut, desired: `${cut.live}z` };
  printFound({ unknown: [`Druid at ${PASSWORD}`] }, asJson);
  tellFound([difference], differencesText);
  expect(JSON.parse(written.stdout)).toEqual({ unknown: ['Druid at ***'] });
  expect(written.stderr).toContain('***');
  expect(written.stderr).not.toMatch(/druid|long|enough/);
});
