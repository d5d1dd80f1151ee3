import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { readDefinitions } from '../../../src/apply/read-definitions.ts';
import { PROJECT_DIR } from '../../../src/config.ts';
import { messageOf } from '../../../src/errors.ts';

const made: string[] = [];

afterEach(async () => {
  await Promise.all(made.splice(0).map((dir) => rm(dir, { recursive: true, force: true })));
});

/** A folder of definitions inside the project, where 'millrace' can be imported. */
async function folder(files: Record<string, string>): Promise<string> {
  await mkdir(path.join(PROJECT_DIR, '.millrace'), { recursive: true });
  const parent = await mkdtemp(path.join(PROJECT_DIR, '.millrace', 'definitions-'));
  made.push(parent);
  const dir = path.join(parent, 'pipelines');
  await mkdir(dir);
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(path.join(dir, name), text)));
  return dir;
}

async function messageFrom(files: Record<string, string>): Promise<string> {
  try {
    await readDefinitions(await folder(files));
  } catch (error) {
    return messageOf(error);
  }
  return 'no error';
}

const STREAM = (name: string) =>
  `stream('${name}', { event: z.object({ id: z.string(), at: z.iso.datetime() }), id: 'id', time: 'at' })`;

test("the demo's definitions are read, the external that only the view reads included", async () => {
  const found = await readDefinitions(path.join(PROJECT_DIR, 'pipelines'));
  const flights = found
    .filter(({ file }) => file === 'pipelines/flights.ts')
    .map(({ definition }) => definition);
  expect(flights.map(({ kind, name }) => `${kind} ${name}`).sort()).toEqual([
    'external airlines',
    'pull weather',
    'rollup departures_hourly',
    'stream departures',
    'view delays_by_weather',
  ]);
  expect(JSON.parse(JSON.stringify(flights))).toEqual(flights);
});
test('the mistakes of all files are reported in one error, each with file, definition, path and remedy', async () => {
  const message = await messageFrom({
    'a.ts': `import { stream, z } from 'millrace'; export const a = stream('a', { partition: 3 } as never);`,
    'b.ts': `import { z, every, pull } from 'millrace';
      export const w = pull('weather', { every: every.hour(), time: 'hour', key: ['hour'], row: z.object({ hour: z.iso.datetime() }),
        http: { url: 'https://w.example', records: 'items', pages: { kind: 'curser', param: 'p', from: 'n' } } } as never);`,
    'c.ts': `export const broken = ;`,
    'd.ts': `throw new Error('no luck');`,
  });
  expect(message.split('\n')).toEqual([
    expect.stringMatching(/^pipelines\/c\.ts: cannot be loaded: .*; mend the file\.$/),
    'pipelines/d.ts: cannot be loaded: no luck; mend the file.',
    "pipelines/a.ts · stream 'a' · partition: is not an option; did you mean 'partitions'?",
    expect.stringContaining("pipelines/a.ts · stream 'a' · event: is missing; give "),
    expect.stringContaining("pipelines/a.ts · stream 'a' · id: is missing; give "),
    expect.stringContaining("pipelines/a.ts · stream 'a' · time: is missing; give "),
    "pipelines/b.ts · pull 'weather' · http.pages.kind: 'curser' is unknown; use 'cursor'.",
  ]);
});

test('a name that two files use is reported with the other file', async () => {
  const message = await messageFrom({
    'a.ts': `import { stream, z } from 'millrace'; export const s = ${STREAM('twice')};`,
    'b.ts': `import { external } from 'millrace'; export const e = external('twice', { columns: { x: 'text' } });`,
  });
  expect(message).toBe(
    "pipelines/b.ts · external 'twice' · name: 'twice' is taken by the stream in pipelines/a.ts; rename one.",
  );
});

test('a definition that is neither exported nor read is reported', async () => {
  const message = await messageFrom({ 'a.ts': `import { stream, z } from 'millrace'; ${STREAM('lonely')};` });
  expect(message).toBe(
    "pipelines/a.ts · stream 'lonely': is neither exported nor read; export it or delete it.",
  );
});

test('a definition that another file reads keeps its own file', async () => {
  const dir = await folder({
    'a.ts': `import { view, sql } from 'millrace'; import { e } from './b.ts';
      export const v = view('v', { sql: sql\`SELECT x FROM \${e}\` }); export default 7;`,
    'b.ts': `import { external } from 'millrace'; export const e = external('e', { columns: { x: 'text' } });`,
    'notes.md': 'no definition',
    'b.test.ts': `throw new Error('not read');`,
  });
  const found = await readDefinitions(dir);
  expect(found.map(({ file, definition }) => `${file} ${definition.name}`).sort()).toEqual([
    'pipelines/a.ts v',
    'pipelines/b.ts e',
  ]);
});

test('a folder that does not exist is an error that names the setting', async () => {
  await expect(readDefinitions(path.join(PROJECT_DIR, 'no-such-folder'))).rejects.toMatchObject({
    code: 'DEFINITION_INVALID',
    message: expect.stringContaining('MILLRACE_PIPELINES') as string,
  });
});
