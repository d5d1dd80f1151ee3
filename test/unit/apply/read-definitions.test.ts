import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { readDefinitions } from '../../../src/apply/read-definitions.ts';
import { PACKAGE_DIR } from '../../../src/package.ts';
import { messageOf } from '../../../src/errors.ts';

const made: string[] = [];

afterEach(async () => {
  await Promise.all(made.splice(0).map((dir) => rm(dir, { recursive: true, force: true })));
});

/** A folder of definitions inside the project, where 'millrace' can be imported. */
async function folder(files: Record<string, string>): Promise<string> {
  await mkdir(path.join(PACKAGE_DIR, '.millrace'), { recursive: true });
  const parent = await mkdtemp(path.join(PACKAGE_DIR, '.millrace', 'definitions-'));
  made.push(parent);
  const dir = path.join(parent, 'pipelines');
  await mkdir(dir);
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(dir, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return dir;
}

async function messageFrom(files: Record<string, string>, fileLimitMs?: number): Promise<string> {
  try {
    await readDefinitions(await folder(files), fileLimitMs);
  } catch (error) {
    return messageOf(error);
  }
  return 'no error';
}

const STREAM = (name: string) =>
  `stream('${name}', { event: z.object({ id: z.string(), at: z.iso.datetime() }), id: 'id', time: 'at' })`;

test("the demo's definitions are read, the external that only the view reads included", async () => {
  const found = await readDefinitions(path.join(PACKAGE_DIR, 'examples', 'flights', 'pipelines'));
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
    'pipelines/d.ts: cannot be loaded (line 1): no luck; mend the file.',
    "pipelines/a.ts · stream 'a' · partition: is not an option; did you mean 'partitions'?",
    expect.stringContaining("pipelines/a.ts · stream 'a' · event: is missing; give "),
    expect.stringContaining("pipelines/a.ts · stream 'a' · id: is missing; give "),
    expect.stringContaining("pipelines/a.ts · stream 'a' · time: is missing; give "),
    "pipelines/b.ts · pull 'weather' · http.pages.kind: 'curser' is unknown; use 'cursor', 'lastRow', 'link', 'merge', 'next', 'offset' or 'page'.",
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
  await expect(readDefinitions(path.join(PACKAGE_DIR, 'no-such-folder'))).rejects.toMatchObject({
    code: 'DEFINITION_INVALID',
    message: expect.stringContaining('MILLRACE_PIPELINES') as string,
  });
});

const EXTERNAL = (name: string) =>
  `import { external } from 'millrace'; export const ${name} = external('${name}', { columns: { x: 'text' } });`;
const namesIn = async (dir: string) =>
  (await readDefinitions(dir)).map(({ file, definition }) => `${file} ${definition.name}`).sort();

test('definitions in folders below are read, and modules beside them serve', async () => {
  const dir = await folder({
    'billing/orders.ts': `import { external } from 'millrace'; import { columns } from '../shared.ts';
      export const orders = external('orders', { columns });`,
    'shared.ts': `enum Type { text = 'text' } export const columns = { x: Type.text };`,
    'node_modules/a.ts': `throw new Error('not read');`,
    '.draft/a.ts': `throw new Error('not read');`,
  });
  expect(await namesIn(dir)).toEqual(['pipelines/billing/orders.ts orders']);
});

test('a file that was edited is read anew, and so is a module that it uses', async () => {
  const dir = await folder({
    'a.ts': `import { name } from './name.ts'; import { external } from 'millrace';
      export const a = external(name, { columns: { x: 'text' } });`,
    'name.ts': `export const name = 'first';`,
  });
  expect(await namesIn(dir)).toEqual(['pipelines/a.ts first']);
  await writeFile(path.join(dir, 'name.ts'), `export const name = 'second';`);
  expect(await namesIn(dir)).toEqual(['pipelines/a.ts second']);
});

test('a file may await at its top, and shares its modules with the others', async () => {
  const dir = await folder({
    'a.ts': `import { orders } from './shared.ts'; export { orders };`,
    'b.ts': `import { orders } from './shared.ts'; import { sql, view } from 'millrace';
      const name = await Promise.resolve('all_orders');
      export const all = view(name, { sql: sql\`SELECT * FROM \${orders}\` });`,
    'shared.ts': EXTERNAL('orders'),
  });
  expect(await namesIn(dir)).toEqual(['pipelines/a.ts orders', 'pipelines/b.ts all_orders']);
});

test("modules are found by the paths of the project's own tsconfig.json", async () => {
  const dir = await folder({
    'a.ts': `import { columns } from '#shared/columns'; import { external } from 'millrace';
      export const a = external('a', { columns });`,
    '../shared/columns.ts': `export const columns = { x: 'text' } as const;`,
    '../tsconfig.json': `{ "compilerOptions": { "paths": { "#shared/*": ["./shared/*"] } } }`,
  });
  expect(await namesIn(dir)).toEqual(['pipelines/a.ts a']);
});

test('a definition knows where its file lies', async () => {
  const dir = await folder({
    'a.ts': `import { external } from 'millrace'; import { basename } from 'node:path';
      const name = basename(import.meta.dirname) + basename(new URL('.', import.meta.url).pathname);
      export const a = external(name, { columns: { x: 'text' } });`,
  });
  expect(await namesIn(dir)).toEqual(['pipelines/a.ts pipelinespipelines']);
});

test('a tsconfig.json that cannot be read is named, with what may be missing', async () => {
  const dir = await folder({
    'a.ts': EXTERNAL('a'),
    '../tsconfig.json': '{ "extends": "@tsconfig/that-is-not-installed/tsconfig.json" }',
  });
  await expect(readDefinitions(dir)).rejects.toMatchObject({
    code: 'DEFINITION_INVALID',
    message: expect.stringMatching(
      /tsconfig\.json: .*that-is-not-installed.*'npm install' may be missing\.$/,
    ) as string,
  });
});

test('a project whose package.json says nothing of modules is read all the same', async () => {
  const dir = await folder({
    'a.ts': `${EXTERNAL('a')} export const more = 1;`,
    'b.ts': `import { external } from 'millrace'; export default external('b', { columns: { x: 'text' } });`,
  });
  await writeFile(path.join(dir, '..', 'package.json'), '{}');
  expect(await namesIn(dir)).toEqual(['pipelines/a.ts a', 'pipelines/b.ts b']);
});

test.each([
  [
    'throws',
    `const a = 1;\n\nthrow new Error('no luck');`,
    'pipelines/b.ts: cannot be loaded (line 3): no luck; mend the file.',
  ],
  [
    'calls what is not there',
    `import { pull } from 'millrace';\nexport const a = (pull as any).strng();`,
    'pipelines/b.ts: cannot be loaded (line 2): pull.strng is not a function; mend the file.',
  ],
  [
    'imports what is not there',
    `import l from 'loddash';\nexport const a = l;`,
    "pipelines/b.ts: cannot be loaded: Cannot find module 'loddash'; mend the file.",
  ],
  [
    'loops',
    `for (;;);`,
    'pipelines/b.ts: is still being loaded after 1.5 s; look for a loop, or an await, without an end.',
  ],
  [
    'waits for ever',
    `await new Promise(() => setTimeout(() => undefined, 1e9)); export {};`,
    'pipelines/b.ts: is still being loaded after 1.5 s; look for a loop, or an await, without an end.',
  ],
  [
    'waits for nothing',
    `await new Promise(() => undefined); export {};`,
    'pipelines/b.ts: has a top-level await that never settles; find the promise that nobody resolves.',
  ],
  [
    'ends the process',
    `process.exit(0);`,
    'pipelines/b.ts: ended the process while it was loaded; take its process.exit out.',
  ],
  [
    'exports nothing',
    `const a = 1;`,
    'pipelines/b.ts: exports nothing; export its definitions, or delete the file.',
  ],
])('a definition file that %s is named, with what to do', async (_what, text, says) => {
  expect(await messageFrom({ 'a.ts': EXTERNAL('a'), 'b.ts': text }, 1_500)).toBe(says);
});
