import { execFileSync } from 'node:child_process';
import { inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Row } from '../../src/clients/mariadb.ts';
import { millrace } from '../support/as-user.ts';
import { ORDERS } from '../support/definitions.ts';
import { CASES, caseOf, pullBy, rows, row, SECRET, WAYS, type Case } from '../support/canary-cases.ts';
import { directLoads } from '../support/direct-load.ts';
import { echoVendor, type EchoVendor } from '../support/echo-vendor.ts';
import { failureOf } from '../support/failure.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';
import { pendingFailure } from '../support/pending-failure.ts';
import { plainProducer } from '../support/plain-producer.ts';
import { supersetApi, supersetContent } from '../support/superset-api.ts';
import { waitUntil } from '../support/wait-until.ts';
import type { WorkerProcess } from '../support/worker-process.ts';

/** Its first letters as they are, in the code of URLs and in base64, wherever it begins there; and its middle. */
const TRACE = /canary|%63%61%6e%61|Y2FuYXJ5|NhbmFye|jYW5hcn|with(\+|%2b|\\+u002b| )plus/i;

const PASSING = CASES.filter(({ what }) => what.endsWith('that passes'));
const CURSORS = CASES.filter(({ what }) => what.startsWith('a cursor'));

let env: LiveEnv;
let vendor: EchoVendor;
let worker: WorkerProcess;
/** Texts in which the secret may not be, by where they were found. */
const places = new Map<string, string[]>();

beforeAll(async () => {
  vendor = await echoVendor();
  const files = Object.fromEntries(WAYS.map((way) => [`${way}.ts`, pullBy(way)]));
  const variables = { VENDOR_URL: vendor.url, ECHO_TOKEN: SECRET };
  env = await liveEnv('canary', { ...files, 'orders.ts': ORDERS }, { hasSuperset: true, variables });
  const applied = await env.apply();
  places.set('apply', [JSON.stringify(applied)]);
  worker = await env.worker({ variables: { MILLRACE_LOG_LEVEL: 'debug' } });
});

afterAll(async () => {
  await env.close();
  await vendor.close();
});

const idOf = ({ way, hour }: Case) =>
  env.names.workflowId(
    `by_${way}`,
    new Date(Date.parse(hour) + 3_600_000).toISOString().replace('.000Z', 'Z'),
  );

/** What the vendor answers. A walk that goes on at a place with the secret in it waits there until it is mended. */
const answers = (isMended: boolean) => (url: URL) => {
  const found = CASES.find(({ hour }) => hour === url.searchParams.get('from'));
  if (found === undefined) return { status: 404, body: 'no such hour' };
  if (url.searchParams.has('after')) return isMended ? rows() : undefined;
  return isMended && PASSING.includes(found) ? rows(row(found.hour, {})) : found.echo(found.hour);
};

it('a vendor that repeats its secret in any spelling gets it into its table, where it sends it as a row, and nowhere else', async () => {
  vendor.answerBy(answers(false));
  const runs = await Promise.all(
    CASES.map((one) =>
      env.temporal.workflow.start('refresh', {
        workflowId: idOf(one),
        taskQueue: env.names.taskQueue('live'),
        args: [{ table: `by_${one.way}`, interval: one.hour }],
      }),
    ),
  );
  for (const one of PASSING) {
    const { message } = await pendingFailure.of(env, idOf(one));
    expect(message, 'the rest of what was said is there').toMatch(/has no quota left|ended|not whole/);
  }
  await waitUntil(async () => (await Promise.all(CURSORS.map(isSeen))).every(Boolean), { timeoutMs: 30_000 });
  const pending = await Promise.all(runs.map((run) => run.describe()));
  places.set(
    'pending activities',
    pending.flatMap(({ raw }) => textsIn(raw.pendingActivities)),
  );
  places.set('the store while they run', await storeTexts());

  vendor.answerBy(answers(true));
  const ends = await Promise.all(
    runs.map((run) =>
      run.result().then(
        () => ({ type: '' }),
        () => failureOf(run.result()),
      ),
    ),
  );
  for (const [index, run] of runs.entries())
    places.set(`history: ${CASES[index]?.what}, ${CASES[index]?.hour}`, textsIn(await run.fetchHistory()));
  places.set('the store', await storeTexts());
  places.set('the log of the worker', [worker.log()]);

  expect(vendor.shown, 'it was shown the secret in each way').toEqual(
    new Map(WAYS.map((way) => [way, SECRET])),
  );
  const loaded = await Promise.all(WAYS.map((way) => env.rows(`by_${way}`)));
  expect(loaded.flat().filter(({ sensor }) => sensor === SECRET)).toHaveLength(1);
  expect(leaks()).toEqual([]);
  expect(ends.map(({ type }) => type)).toEqual(CASES.map(({ code }) => code));
});

it('a worker that has not shown the secret to anybody knows it from the definition', async () => {
  const { way, hour } = caseOf('a key that stands twice');
  const [one, another] = [await directLoads(env, {}), await directLoads(env, {})];
  const load = await one.begin(`by_${way}`, hour);
  const staged = await one.stage(load);
  const { message } = await failureOf(another.check(load, staged));
  expect(message).toMatch(/a key more than once: \{.*"sensor":"\*\*\*"/);
  await Promise.all([one.close(), another.close()]);
});

it('no command prints it, and neither it nor a password of ours stands in Druid, Superset, a dead letter or a process list', async () => {
  const { names, config, druid } = env;
  const orders = names.rawTopic({ name: 'orders' });
  const producer = await plainProducer(config.kafka.brokers, orders);
  await producer.send([{ id: 'o1', at: 'no time', shop: 's', cents: 1 }]);
  await producer.close();
  const variables = {
    MILLRACE_ENV: names.env,
    MILLRACE_PIPELINES: env.folder(),
    VENDOR_URL: vendor.url,
    ECHO_TOKEN: SECRET,
    MILLRACE_TEMPORAL_UI_URL: 'http://me:canary-of-temporal@127.0.0.1:9',
  };
  const refused = caseOf('a refusal');
  const commands = [
    ['status', '--json'],
    ['plan', '--json'],
    ['apply', '--json'],
    ['balance', 'orders', '--json'],
    ['show', 'orders_hourly'],
    ['stack', 'status', '--json'],
    ['run', `by_${refused.way}@${refused.hour}`],
  ];
  const printed = await Promise.all(commands.map((command) => millrace(command, variables)));
  for (const [index, { stdout, stderr }] of printed.entries())
    places.set(`millrace ${commands[index]?.join(' ')}`, [stdout, stderr]);
  const ofRun = places.get(`millrace ${commands.at(-1)?.join(' ')}`)?.join();
  expect(ofRun).toContain('HTTP_REFUSED');
  expect(ofRun).toContain('http://me:***@127.0.0.1:9/namespaces/');
  const isAway = { ...variables, MILLRACE_DRUID_URL: 'http://me:canary-of-druid@127.0.0.1:9' };
  for (const command of [
    ['status'],
    ['plan'],
    ['apply'],
    ['balance', 'orders'],
    ['balance', 'orders', '--json'],
  ]) {
    const { stdout, stderr } = await millrace(command, isAway);
    expect(stdout + stderr).toContain('Druid at http://me:***@127.0.0.1:9 did not answer');
    places.set(`millrace ${command.join(' ')} while Druid is away`, [stdout, stderr]);
  }
  places.set(
    "Druid's supervisors",
    [...(await druid.supervisors()).values()].map((spec) => JSON.stringify(spec)),
  );
  places.set("Superset's export", await supersetExport());
  places.set('dead letters', await deadLetters());
  places.set('the process list', [
    execFileSync(
      'ps',
      ['-ww', '-o', 'args=', '-p', String(worker.child.pid), '--ppid', String(worker.child.pid)],
      { encoding: 'utf8' },
    ),
  ]);
  expect(
    [...places].filter(([, texts]) => texts.join('') === '').map(([place]) => place),
    'was looked at',
  ).toEqual([]);
  expect(leaks()).toEqual([]);
});

/** Where the secret, or a password of ours, was found, with what stands around it. */
function leaks(): string[] {
  const { mariadb, superset } = env.config;
  const passwords = [mariadb.worker, mariadb.admin, mariadb.reader, superset].map(
    (login) => login?.password ?? '',
  );
  return [...places].flatMap(([place, texts]) =>
    [...new Set(texts)].flatMap((text) => {
      const at = [text.search(TRACE), ...passwords.map((password) => text.indexOf(password))].filter(
        (found) => found >= 0,
      );
      return at.map((from) => `${place}: …${text.slice(Math.max(0, from - 60), from + 60)}…`);
    }),
  );
}

/** Has the run ended, or said where its walk goes on? */
async function isSeen(one: Case): Promise<boolean> {
  const { status, raw } = await env.temporal.workflow.getHandle(idOf(one)).describe();
  return status.name !== 'RUNNING' || textsIn(raw.pendingActivities).some((text) => text.includes('"next"'));
}

/** Every text in a message of Temporal's, payloads decoded. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('utf8')];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

/** All that stands in our own tables, save staged rows: those are the user's. */
async function storeTexts(): Promise<string[]> {
  const { db, names } = env;
  const tables = await db.query(
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ?',
    [names.storeSchema],
  );
  const isOurs = ({ name }: Row) => WAYS.every((way) => name !== names.stagingTable(`by_${way}`));
  const texts = tables
    .filter(isOurs)
    .map(async ({ name }) =>
      JSON.stringify(await db.query(`SELECT * FROM ${names.storeSchema}.\`${String(name)}\``)),
    );
  return Promise.all(texts);
}

async function deadLetters(): Promise<string[]> {
  const topic = env.names.deadTopic('orders');
  let ends = new Map<number, bigint>();
  const hasOne = async () => [...(ends = await env.kafka.ends(topic)).values()].some((end) => end > 0n);
  await waitUntil(hasOne, { timeoutMs: 30_000 });
  const texts: string[] = [];
  for (const [partition, to] of ends) {
    await env.kafka.readRange({ topic, partition, from: 0n, to }, (records) => {
      texts.push(...records.map(({ value }) => String(value)));
    });
  }
  return texts;
}

/** The files in the export of our two databases. */
async function supersetExport(): Promise<string[]> {
  const { superset } = env.config;
  if (superset === undefined) throw new Error('the stack of the tests has a Superset');
  const api = await supersetApi(superset);
  const { databases } = await supersetContent(api, env.names);
  const zip = await api.file(`database/export/?q=!(${databases.map(({ id }) => id).join()})`);
  return filesIn(zip);
}

/** What lies in a zip, by the headers of its files (APPNOTE.TXT 4.3.7). */
function filesIn(zip: Buffer): string[] {
  const files: string[] = [];
  for (let at = 0; zip.readUInt32LE(at) === 0x04034b50;) {
    const body = at + 30 + zip.readUInt16LE(at + 26) + zip.readUInt16LE(at + 28);
    const end = body + zip.readUInt32LE(at + 18);
    const packed = zip.subarray(body, end);
    files.push(String(zip.readUInt16LE(at + 8) === 0 ? packed : inflateRawSync(packed)));
    at = end;
  }
  return files;
}
