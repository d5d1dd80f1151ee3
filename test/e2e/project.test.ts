import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { pickFreePort } from '../../stack/net.ts';
import { outsideNpm, startProgram, tool, type Finished } from '../support/as-user.ts';
import { followed, type Child } from '../support/child.ts';
import { nodeProgram, NODE_VERSIONS } from '../support/nodes.ts';
import { pack, type Packed } from '../support/packed.ts';
import { waitUntil } from '../support/wait-until.ts';

/** What the package holds beside dist/. */
const FILES = [
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'LICENSE',
  'README.md',
  'bin/millrace.mjs',
  'bin/preflight.mjs',
  'docker-compose.env.example',
  'docker-compose.yml',
  'package.json',
  'stack/mariadb/users.sh',
  'stack/superset/.dockerignore',
  'stack/superset/Dockerfile',
  'stack/superset/requirements.txt',
  'stack/superset/superset_config.py',
  'stack/temporal/container.sh',
  'stack/versions.json',
];
const MILLRACE = 'node_modules/millrace/bin/millrace.mjs';
const { kafka } = loadConfig();

let root: string;
let shop: string;
let packed: Packed;
const children: Child[] = [];

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'millrace-packed-'));
  shop = path.join(root, 'shop');
  packed = await pack(root);
});

afterAll(async () => {
  for (const child of children) await child.kill('SIGKILL');
  rmSync(root, { recursive: true, force: true });
});

it('the package holds what an install needs, and nothing of tests, sources or the demo', () => {
  const others = packed.files.filter((file) => !/^(dist|docs|template)\//.test(file));
  expect(others.sort()).toEqual(FILES);
  const built = packed.files.filter((file) => file.startsWith('dist/'));
  expect(built.filter((file) => !/\.(js|js\.map|d\.ts)$/.test(file)).sort()).toEqual([
    'dist/commit',
    'dist/workflows.hash',
  ]);
  expect(packed.files.filter((file) => /test|weather|flights/.test(file))).toEqual([]);
});

it('from an empty folder and the package alone: a project, whose event and page become a joined row', async () => {
  await ran(root, 'npx', '--yes', '--package', packed.tarball, 'millrace', 'init', 'shop');
  await ran(shop, 'npm', 'install');
  expect((await ran(shop, 'npx', 'millrace', 'check')).stdout).toBe(
    '✓ 4 definitions in 1 file: 1 stream, 1 rollup, 1 pull, 1 view\n',
  );
  await ran(shop, 'npx', 'tsc', '--skipLibCheck', 'false');
  await ran(shop, 'npx', 'millrace', 'stack', 'up');
  const url = `http://127.0.0.1:${await pickFreePort(new Set())}`;
  edit('.env', (text) => text.replace(/^RATES_URL=.*$/m, `RATES_URL=${url}`));
  await ran(shop, 'npx', 'millrace', 'apply');
  inBackground('node', '--env-file=.env', 'vendor.mjs');
  // Not by npx: the worker would outlive it.
  const worker = inBackground(path.join(shop, 'node_modules/.bin/millrace'), 'worker');
  await becomeOneRow(1, (...args) => ran(shop, 'npx', 'millrace', ...args));
  expect(await worker.kill('SIGTERM'), worker.log()).toBe(0);
});

it.each(NODE_VERSIONS)(
  'on Node %s a changed project is applied, and an event and a page become a joined row',
  async (version) => {
    const node = await nodeProgram(version);
    edit('pipelines/shop.ts', (text) =>
      text.replace(/'Exchange rates.*'/, `'Exchange rates, on ${version}'`),
    );
    expect((await ran(shop, node, MILLRACE, 'apply')).stdout).toMatch(/^Apply: 0 created, [1-9]\d* updated/m);
    const worker = inBackground(node, MILLRACE, 'worker');
    const daysAgo = 2 + NODE_VERSIONS.indexOf(version);
    await becomeOneRow(daysAgo, (...args) => ran(shop, node, MILLRACE, ...args));
    const looked = await ran(shop, node, MILLRACE, 'status');
    expect(await worker.kill('SIGTERM'), worker.log()).toBe(0);
    // Node's own warnings, such as of a timer that kafkajs sets, are nothing that a person could mend.
    expect(worker.log() + looked.stderr).not.toContain('Warning');
  },
);

it.each(NODE_VERSIONS)(
  'on Node %s definitions are read also where package.json says nothing of modules',
  async (version) => {
    const plain = path.join(root, `plain-${version}`);
    mkdirSync(path.join(plain, 'pipelines'), { recursive: true });
    writeFileSync(path.join(plain, 'package.json'), '{}');
    symlinkSync(path.join(shop, 'node_modules'), path.join(plain, 'node_modules'));
    for (const [file, how] of Object.entries({ 'a.ts': 'const a =', 'b.ts': 'default' })) {
      const external = `external('${file[0]}', { columns: { x: 'text' } })`;
      const text = `import { external } from 'millrace';\nexport ${how} ${external};\n`;
      writeFileSync(path.join(plain, 'pipelines', file), text);
    }
    const { stdout } = await ran(plain, await nodeProgram(version), path.join(shop, MILLRACE), 'check');
    expect(stdout).toBe('✓ 2 definitions in 2 files: 2 externals\n');
  },
);

it('a second project does not get the env of the first, unless it is told to take it over', async () => {
  edit('package.json', (text) => text.replace('"name": "shop"', '"name": "other"'));
  const refused = await program(shop, 'npx', 'millrace', 'apply').finished;
  expect(refused.stderr).toContain(
    "ENV_TAKEN: On these servers, env 'shop' belongs to the project 'shop', and this is 'other'",
  );
  expect(refused.code).toBe(5);
  expect((await program(shop, 'npx', 'millrace', 'plan').finished).stderr).toContain('ENV_TAKEN: ');
  expect((await ran(shop, 'npx', 'millrace', 'apply', '--take-over')).stdout).toContain(
    '0 created, 0 updated',
  );
});

it('a definition that is wrong fails the check with its place and the remedy, and exit code 1', async () => {
  edit('pipelines/shop.ts', (text) => text.replace("kind: 'cursor'", "kind: 'curser'"));
  const { code, stderr } = await program(shop, 'npx', 'millrace', 'check').finished;
  expect(stderr).toBe(
    "DEFINITION_INVALID: pipelines/shop.ts · pull 'rates' · http.pages.kind: 'curser' is unknown; use 'cursor', 'lastRow', 'link', 'merge', 'next', 'offset' or 'page'.\n",
  );
  expect(code).toBe(1);
  expect((await program(shop, 'npx', 'tsc').finished).stdout).toContain('\'"curser"\' is not assignable');
});

it('a project whose file is removed is retired, and a folder that is not empty gets no other one', async () => {
  rmSync(path.join(shop, 'pipelines', 'shop.ts'));
  await ran(shop, 'npx', 'millrace', 'apply', '--prune', '--yes');
  const { code, stderr } = await program(root, path.join(shop, 'node_modules/.bin/millrace'), 'init', 'shop')
    .finished;
  expect(stderr).toMatch(
    /^INPUT_INVALID: .*shop is not empty \(\.env and \d+ more\): nothing was written\. /,
  );
  expect(code).toBe(2);
});

/** As a person types it, who does not work inside the npm that runs the tests. */
function program(cwd: string, command: string, ...args: string[]) {
  return startProgram(command, args, outsideNpm(), cwd);
}

async function ran(cwd: string, command: string, ...args: string[]): Promise<Finished> {
  const finished = await program(cwd, command, ...args).finished;
  expect(finished.code, `${[command, ...args].join(' ')}\n${finished.stdout}\n${finished.stderr}`).toBe(0);
  return finished;
}

function inBackground(command: string, ...args: string[]): Child {
  const child = followed(program(shop, command, ...args).child);
  children.push(child);
  return child;
}

/** An order of that day is sent, the vendor has its rate, both tables are loaded, and the view joins them. */
async function becomeOneRow(
  daysAgo: number,
  millrace: (...args: string[]) => Promise<Finished>,
): Promise<void> {
  const day = new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10);
  await sendEvent({ id: `of ${day}`, at: `${day}T10:15:00Z`, currency: 'USD', amount: 9.5 });
  await millrace('run', `orders_hourly@${day}T10:00:00Z`);
  await millrace('run', `rates@${day}T00:00:00Z`);
  const { stdout } = await millrace(
    'show',
    'revenue',
    '--json',
    '--where',
    `hour >= '${day}' AND hour < '${day}' + INTERVAL 1 DAY`,
  );
  expect(JSON.parse(stdout)).toEqual({
    hour: `${day} 10:00:00.000`,
    currency: 'USD',
    orders: 1,
    amount: 9.5,
    euros: 8.74,
  });
}

function edit(file: string, change: (text: string) => string): void {
  const place = path.join(shop, file);
  writeFileSync(place, change(readFileSync(place, 'utf8')));
}

async function sendEvent(event: Record<string, unknown>): Promise<void> {
  const args = ['-P', '-b', kafka.brokers.join(','), '-t', 'shop.orders.raw', '-K', ';'];
  const kcat = spawn(tool('kcat'), args, { stdio: ['pipe', 'ignore', 'inherit'] });
  kcat.stdin.end(`${String(event['id'])};${JSON.stringify(event)}\n`);
  await waitUntil(() => kcat.exitCode !== null, { timeoutMs: 30_000, saw: () => 'kcat still runs' });
  expect(kcat.exitCode).toBe(0);
}
