import { execFileSync } from 'node:child_process';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, inject, it } from 'vitest';
import { cacheDir } from '../../stack/cache.ts';
import { fetchTemporal } from '../../stack/temporal/fetch.ts';
import { loadConfig, processVariables } from '../../src/config.ts';
import { namesFor } from '../../src/names.ts';
import type { Status } from '../../src/cli/status/read-status.ts';
import { millrace, npmStart, tool } from '../support/as-user.ts';
import { combinedTable, recomputed, replayedRange } from '../support/combined.ts';
import { waitUntil } from '../support/wait-until.ts';

const config = loadConfig();
const names = namesFor(config.env);
const start = inject('start');
const replayed = replayedRange(config);

const status = async () => JSON.parse((await millrace(['status', '--json'])).stdout) as Status;
const temporal = async (...args: string[]) => {
  const program = await fetchTemporal(cacheDir(processVariables()), () => undefined);
  const address = config.temporalVariables['TEMPORAL_ADDRESS'] ?? '';
  return execFileSync(program, [...args, '--address', address], { encoding: 'utf8', timeout: 120_000 });
};

function firstDifference(found: readonly unknown[], expected: readonly unknown[]): string {
  const at = expected.findIndex((row, index) => !isDeepStrictEqual(row, found[index]));
  const [is, wanted] = [found[at], expected[at]].map((row) => JSON.stringify(row));
  return `${found.length} rows for ${expected.length}; row ${at} is ${is}, expected ${wanted}`;
}

describe('npm start', () => {
  it('ends with exit code 0', () => {
    expect(start.code, `${start.stderr}\n${start.stdout}`).toBe(0);
  });

  it('prints ten rows of the combined table and a card with every address', () => {
    const [heading, ...rows] = start.stdout.trim().split('\n\n')[0]?.split('\n') ?? [];
    expect(heading).toMatch(/HOUR +ORIGIN +CARRIER +FLIGHTS +AVGDELAYMIN +AIRLINE +WINDKPH +RAINMM/);
    expect(rows).toHaveLength(10);
    expect(start.stdout).toContain(config.temporalUiUrl);
    expect(start.stdout).toContain(`--address ${config.temporalVariables['TEMPORAL_ADDRESS']}`);
    expect(start.stdout).toContain(`kcat -C -b ${config.kafka.brokers.join(',')} `);
    expect(start.stdout).toContain(`${config.superset?.url}/superset/dashboard/`);
    expect(start.stdout).toContain(`${config.druid.url}/druid/v2/sql`);
    expect(start.stdout).toMatch(/Next slots .*weather at .*Z \(in /);
    expect(start.stdout).not.toContain(config.superset?.password);
  });

  it('run again changes nothing and prints the same card', async () => {
    const again = await npmStart().finished;
    expect(again.code, again.stderr).toBe(0);
    expect(again.stderr).toContain('millrace apply · nothing to change');
    expect(again.stderr.match(/was up/g)).toHaveLength(10);
    const card = (text: string) =>
      text.split('\n').filter((line) => /^(Temporal|Kafka|Superset|Druid)/.test(line));
    expect(card(again.stdout)).toEqual(card(start.stdout));
  });

  it("prints a curl that asks Druid, and Druid's answer", () => {
    const line = start.stdout.split('\n').find((text) => text.includes('curl -s')) ?? '';
    const answer = execFileSync('bash', ['-c', line.slice(line.indexOf('curl'))], { encoding: 'utf8' });
    const [row] = JSON.parse(answer) as { departures: number }[];
    expect(row?.departures).toBeGreaterThan(1_000);
  });
});

describe('what npm start leaves', () => {
  it('every cell of the combined table equals the independent recomputation, for all replayed days', async () => {
    const expected = recomputed(replayed.from, replayed.to);
    expect(expected.length).toBeGreaterThan(1_000);
    let found: unknown[] = [];
    await waitUntil(
      async () => {
        found = await combinedTable(config, replayed.from, replayed.to);
        return isDeepStrictEqual(found, expected);
      },
      { timeoutMs: 240_000, everyMs: 2_000, saw: () => firstDifference(found, expected) },
    );
  });

  it('raw = clean + dead letters + duplicates + filtered, as counted by another Kafka client', async () => {
    const { streams } = await status();
    const [departures] = streams;
    const count = (topic: string) => {
      const args = [
        '-C',
        '-b',
        config.kafka.brokers.join(','),
        '-t',
        topic,
        '-e',
        '-q',
        '-f',
        '%o\\n',
        '-X',
        'isolation.level=read_committed',
      ];
      return (
        execFileSync(tool('kcat'), args, { encoding: 'utf8', maxBuffer: 1 << 28 }).split('\n').length - 1
      );
    };
    const raw = count(names.rawTopic({ name: 'departures' }));
    const clean = count(names.cleanTopic('departures'));
    const dead = count(names.deadTopic('departures'));
    expect(dead).toBe(3);
    expect(raw).toBe(clean + dead + (departures?.duplicate ?? 0) + (departures?.filtered ?? 0));
    expect({ raw: departures?.raw, clean: departures?.clean, dead: departures?.dead }).toEqual({
      raw,
      clean,
      dead,
    });
  });

  it('status shows every server up, no lag, and both tables', async () => {
    const { servers, streams, tables, problems } = await status();
    expect(problems).toEqual([]);
    expect(servers.filter(({ state }) => state !== 'up')).toEqual([]);
    expect(servers.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['kafka', 'superset', `${config.env}-worker`]),
    );
    expect(streams.map(({ stream, lag }) => [stream, lag])).toEqual([['departures', 0]]);
    expect(tables.map(({ table }) => table).sort()).toEqual(['departures_hourly', 'weather']);
  });

  it("Temporal's own CLI lists the schedules and the runs", async () => {
    const schedules = await temporal('schedule', 'list');
    expect(schedules).toContain(`${config.env}/weather`);
    expect(schedules).toContain(`${config.env}/departures_hourly`);
    const runs = await temporal(
      'workflow',
      'list',
      '--query',
      "TableName = 'weather' AND TriggerKind = 'backfill'",
    );
    expect(runs).toMatch(/Completed +\S*weather-\d{4}-\d\d-\d\dT\d\d:00:00Z +refresh/);
  });

  it("a backfill started by Temporal's own CLI loads the intervals again", async () => {
    const { from } = replayed;
    const to = new Date(Date.parse(from) + 3 * 3_600_000).toISOString();
    const result = await temporal(
      ...['workflow', 'execute', '--type', 'backfill', '--task-queue', names.taskQueue('bulk')],
      ...[
        '--workflow-id',
        'a-backfill-by-hand',
        '--input',
        JSON.stringify({ table: 'weather', from, to, reprocess: 'all' }),
      ],
      ...['-o', 'json'],
    );
    expect(JSON.parse(result)).toMatchObject({
      status: 'COMPLETED',
      result: { intervals: 3, loaded: 3, failed: 0, rows: 9 },
    });
  });

  it('show prints any table, with a condition, as JSON too', async () => {
    const shown = await millrace([
      'show',
      'delays_by_weather',
      '--where',
      "origin = 'JFK'",
      '--limit',
      '2',
      '--json',
    ]);
    const rows = shown.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows.map(({ origin }) => origin)).toEqual(['JFK', 'JFK']);
    expect(shown.stderr).toContain('There are more than these 2 rows: --limit <n>');
    expect(await millrace(['show', 'nothing'])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('TABLE_UNKNOWN') as string,
    });
  });
});
