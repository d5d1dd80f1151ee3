import { describe, expect, test } from 'vitest';
import { decide, preflight } from '../../../bin/preflight.mjs';

const GOOD = {
  node: [20, 19],
  java: 17,
  maven: true,
  temporal: false,
  go: [1, 21],
  python: true,
  venv: true,
  mariadbMissing: [] as string[],
  apt: true,
  root: true,
  docker: false,
  memoryGb: 16,
  diskGb: 50,
  platform: 'linux',
  arch: 'x64',
};

describe('what keeps the stack from starting', () => {
  test('a machine with all toolchains runs it natively', () => {
    expect(decide(GOOD)).toEqual({ mode: 'native', problems: [] });
  });

  test.each([
    ['an old Node', { node: [20, 18] }, /Node 20\.18/, 'nvm install 20 && nvm use 20'],
    ['no Java', { java: undefined }, /java is missing/, /apt-get install -y openjdk-17/],
    ['an old Java', { java: 11 }, /java is version 11/, /apt-get install -y openjdk-17/],
    ['no Maven', { maven: false }, /mvn is missing/, /apt-get install -y maven/],
    ['Go 1.19 and no temporal', { go: [1, 19] }, /go is version 1\.19/, /go1\.24\.0\.linux-amd64/],
    ['no Python 3.11', { python: false, venv: false }, /python3\.11 is missing/, /python3\.11-venv/],
    ['a Python without venv', { venv: false }, /cannot make environments/, /python3\.11-venv/],
    [
      'no MariaDB and no root',
      { mariadbMissing: ['mariadbd'], root: false },
      /mariadbd missing/,
      /^sudo apt-get/,
    ],
    ['little memory', { memoryGb: 2 }, /2\.0 GB of memory/, /more memory/],
    ['a full disk', { diskGb: 1 }, /1\.0 GB are free/, /XDG_CACHE_HOME/],
    [
      'a Mac without Java',
      { java: undefined, platform: 'darwin' },
      /java is missing/,
      'brew install openjdk@17',
    ],
  ])('%s is named with the command that mends it', (_, lack, what, remedy) => {
    const { problems } = decide({ ...GOOD, ...lack });
    expect(problems).toEqual([
      { what: expect.stringMatching(what) as string, remedy: expect.stringMatching(remedy) as string },
    ]);
  });

  test.each([
    ['temporal on PATH', { temporal: true, go: undefined }],
    ['root, for whom the start installs MariaDB', { mariadbMissing: ['mariadbd', 'mariadb'] }],
  ])('%s makes up for what is missing', (_, facts) => {
    expect(decide({ ...GOOD, ...facts }).problems).toEqual([]);
  });

  test('all problems are reported together', () => {
    const bare = {
      java: undefined,
      maven: false,
      go: undefined,
      python: false,
      mariadbMissing: ['mariadbd'],
    };
    expect(decide({ ...GOOD, ...bare, root: false }).problems).toHaveLength(5);
  });
});

describe('Docker', () => {
  test('is the way out where toolchains are missing and it answers', () => {
    expect(decide({ ...GOOD, java: undefined, docker: true })).toEqual({ mode: 'docker', problems: [] });
  });

  test('does not make up for an old Node', () => {
    expect(decide({ ...GOOD, node: [18, 0], java: undefined, docker: true }).problems).toHaveLength(1);
  });

  test('is used where it is wished for, whatever else is there', () => {
    expect(decide({ ...GOOD, docker: true }, { docker: true })).toEqual({ mode: 'docker', problems: [] });
  });

  test('that is wished for and does not answer is a problem', () => {
    expect(decide(GOOD, { docker: true }).problems[0]?.what).toContain('no Docker with compose answers');
  });
});

test('a look at the machine finds the same where its process is busy for longer than its commands may take', async () => {
  const looking = preflight();
  const until = Date.now() + 2_000;
  while (Date.now() < until) Math.sqrt(until);
  expect(await looking).toEqual(await preflight());
});
