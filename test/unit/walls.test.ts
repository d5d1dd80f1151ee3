import { readdirSync } from 'node:fs';
import path from 'node:path';
import { ESLint } from 'eslint';
import { beforeAll, describe, expect, it } from 'vitest';

const PROJECT = path.resolve(import.meta.dirname, '..', '..');
const LINT_MS = 60_000;

/** The rooms of `src/` from the top down, as the design has them. */
const FLOORS = [
  ['cli'],
  ['workers'],
  ['workflows'],
  ['activities', 'apply', 'ingest', 'balance'],
  ['schedules'],
  ['targets', 'sources'],
  ['load'],
  ['intake'],
  ['store'],
  ['clients'],
  ['define'],
  ['definition'],
];

let eslint: ESLint;

beforeAll(() => {
  // Walls are about imports: no types are needed to see one broken.
  eslint = new ESLint({
    cwd: PROJECT,
    overrideConfig: { languageOptions: { parserOptions: { projectService: false } } },
    ruleFilter: ({ ruleId }) => /no-restricted-(imports|properties)$|^no-console$/.test(ruleId),
  });
});

/** What lint says of such a line in a file of that folder. */
async function saidOf(line: string, folder: string): Promise<string[]> {
  const [result] = await eslint.lintText(`${line}\n`, { filePath: path.join(PROJECT, folder, 'scratch.ts') });
  return (result?.messages ?? []).map(({ message }) => message);
}

const uses = (from: string) => `import { x } from '${from}';\nexport const y = x;`;
const usesType = (from: string) => `import type { X } from '${from}';\nexport type Y = X;`;

/** A file that the rooms above may use. */
const fileOf = (room: string) => (room === 'intake' ? 'index.ts' : 'x.ts');

/** Folders that every room may import, and that import none. */
const GROUND = ['redaction'];

it('every folder of src is a room on one of the floors, or the ground', () => {
  const folders = readdirSync(path.join(PROJECT, 'src'), { withFileTypes: true });
  const rooms = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  expect(rooms.sort()).toEqual([...FLOORS.flat(), ...GROUND].sort());
});

describe.each(FLOORS.flatMap((rooms, floor) => rooms.map((room) => [room, floor] as const)))(
  'src/%s',
  (room, floor) => {
    it(
      'imports nothing from above or beside it, types included, and may import from below',
      { timeout: LINT_MS },
      async () => {
        const barred = FLOORS.slice(0, floor + 1)
          .flat()
          .filter((other) => other !== room);
        for (const other of barred) {
          expect(await saidOf(uses(`../${other}/x.ts`), `src/${room}`), other).not.toEqual([]);
          expect(await saidOf(usesType(`../../${other}/deep/x.ts`), `src/${room}/deep`), other).not.toEqual(
            [],
          );
        }
        // Workflows have walls of their own, below.
        const below = room === 'workflows' ? [] : FLOORS.slice(floor + 1).flat();
        for (const other of below)
          expect(await saidOf(uses(`../${other}/${fileOf(other)}`), `src/${room}`), other).toEqual([]);
      },
    );
  },
);

/** The folders of ingest from the top down. */
const INGEST_FLOORS = ['membership', 'recovery', 'path'];

describe.each(INGEST_FLOORS.map((folder, floor) => [folder, floor] as const))(
  'src/ingest/%s',
  (folder, floor) => {
    it('imports nothing from a folder above it, types included', { timeout: LINT_MS }, async () => {
      for (const above of INGEST_FLOORS.slice(0, floor)) {
        expect(await saidOf(uses(`../${above}/x.ts`), `src/ingest/${folder}`), above).not.toEqual([]);
        expect(await saidOf(usesType(`../../${above}/x.ts`), `src/ingest/${folder}/deep`), above).not.toEqual(
          [],
        );
      }
      for (const below of INGEST_FLOORS.slice(floor + 1))
        expect(await saidOf(uses(`../${below}/x.ts`), `src/ingest/${folder}`), below).toEqual([]);
    });

    it('keeps the walls of its room', { timeout: LINT_MS }, async () => {
      expect(await saidOf(uses('../../apply/x.ts'), `src/ingest/${folder}`)).not.toEqual([]);
      expect(await saidOf(uses('kafkajs'), `src/ingest/${folder}`)).not.toEqual([]);
    });
  },
);

it('every folder of ingest stands on one of its floors', () => {
  const found = readdirSync(path.join(PROJECT, 'src', 'ingest'), { withFileTypes: true });
  const folders = found.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  expect(folders.sort()).toEqual([...INGEST_FLOORS].sort());
});

it.each([
  ['a driver outside the clients', 'src/store', uses('mysql2')],
  ['a driver outside the clients', 'src/cli', uses('kafkajs')],
  ['a driver outside the clients', 'stack', uses('axios')],
  ['files in the vocabulary', 'src/define', uses('node:fs')],
  ['settings in the facts', 'src/definition', uses('../config.ts')],
  ['network in the facts', 'src/definition', uses('node:http')],
  ['Temporal in the facts', 'src/definition', uses('@temporalio/activity')],
  ['the clock of Node in workflows', 'src/workflows', uses('node:timers')],
  ['code of activities in workflows', 'src/workflows', uses('../activities/index.ts')],
  ['a store in workflows', 'src/workflows', uses('../store/ledger.ts')],
  ['the writer of a load in workflows', 'src/workflows', uses('../load/writer.ts')],
  ['zod in workflows', 'src/workflows', uses('zod')],
  ['the stack outside the command line', 'src/workers', uses('../../stack/home.ts')],
  ['millrace in the stack', 'stack', uses('../src/names.ts')],
  ['Node in a file of definitions', 'examples/flights/pipelines', uses('node:fs')],
  [
    'the inside of millrace in a file of definitions',
    'examples/flights/pipelines',
    uses('../../../src/index.ts'),
  ],
  ['the inside of millrace in the examples', 'examples/flights', uses('../../src/index.ts')],
  ['what lies behind the door of intake', 'src/load', uses('../intake/positions.ts')],
  ['what lies behind the door of intake', 'src/cli', usesType('../intake/positions.ts')],
  ['a room on the ground', 'src/redaction', uses('../store/x.ts')],
  ['what hides secrets, past its door', 'src/clients', uses('../redaction/redact.ts')],
  ['what hides secrets, past its door', 'src/ingest/path', uses('../../redaction/spellings.ts')],
  ['the environment outside config.ts', 'src/clients', 'export const home = process.env;'],
  ['the environment in a command', 'src/cli', 'export const home = process.env;'],
  ['a result that nothing redacts', 'src/cli', "process.stdout.write('x');"],
  ['a word that nothing redacts', 'src/cli/status', "process.stderr.write('x');"],
  ['a stream that goes around what redacts', 'src/cli', 'export const { stdout } = process;'],
  ['a line on the console', 'src/cli', "console.log('x');"],
  ['a line on the console outside the commands', 'src/ingest', "console.error('x');"],
])('lint sees %s (%s)', { timeout: LINT_MS }, async (_what, folder, line) => {
  expect(await saidOf(line, folder)).not.toEqual([]);
});

it.each([
  ['src/workflows', usesType('../activities/index.ts')],
  ['src/workflows', uses('../load/waits-for-anything.ts')],
  ['src/workflows', usesType('../load/messages.ts')],
  ['src/clients', uses('kafkajs')],
  ['src/clients', uses('../redaction/index.ts')],
  ['stack', usesType('../src/config.ts')],
  ['src/cli', uses('../../stack/stack.ts')],
])('lint allows in %s what it is made for', { timeout: LINT_MS }, async (folder, line) => {
  expect(await saidOf(line, folder)).toEqual([]);
});
