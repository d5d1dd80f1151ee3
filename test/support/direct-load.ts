import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createActivities, type Activities, type ActivityDeps } from '../../src/activities/index.ts';
import { createLog } from '../../src/log.ts';
import { redactionOf } from '../../src/redaction/index.ts';
import { openDeps } from '../../src/workers/deps.ts';
import type { Load, Staged } from '../../src/load/messages.ts';
import { jsonVendor, type JsonVendor } from './json-vendor.ts';
import { liveEnv, type LiveEnv } from './live-env.ts';

/**
 * The activities themselves, on the real servers, without workflows around them: any order, any number of times.
 *
 * Nothing waits for a stream: these loads name none and cover no positions, as that of a pull.
 */
export interface DirectLoads {
  deps: ActivityDeps;
  /** A load as `resolve` would fix it; each call is a run of its own. */
  begin(table: string, start: string): Promise<Load>;
  stage(load: Load): Promise<Staged>;
  check(load: Load, staged: Staged): Promise<void>;
  swap(load: Load, staged: Staged): ReturnType<Activities['swap']>;
  /** Stage, check and swap of a new run. */
  load(table: string, start: string): ReturnType<Activities['swap']>;
  close(): Promise<void>;
}

const HOUR_MS = 3_600_000;

type Run = { workflowId: string; runId: string };

/** A failed activity is a result here, not news. */
const quiet = (workflowExecution?: Run) =>
  new MockActivityEnvironment(workflowExecution && { workflowExecution }, {
    logger: new DefaultLogger('ERROR'),
  });

export async function directLoads(
  { config, names }: LiveEnv,
  variables: Record<string, string>,
): Promise<DirectLoads> {
  const redaction = redactionOf([]);
  const { deps: real, close } = await openDeps(
    config,
    createLog({ ...config, logLevel: 'error' }, 'test', redaction),
    redaction,
  );
  const deps: ActivityDeps = { ...real, secret: (name) => variables[name] ?? config.secret(name) };
  const activities = createActivities(deps);
  /** By load, the run that executes it. */
  const runs = new Map<string, Run>();
  const direct: DirectLoads = {
    deps,
    async begin(table, start) {
      const { definition, hash } = await deps.catalogue.byName(table);
      const end = new Date(Date.parse(start) + HOUR_MS).toISOString().replace('.000Z', 'Z');
      const workflowId = names.workflowId(table, end);
      const run = { workflowId, runId: randomUUID() };
      const loadId = await deps.loads.idFor(`${workflowId}/${run.runId}`, table, start);
      runs.set(loadId, run);
      return {
        table,
        kind: definition.kind === 'rollup' ? 'rollup' : 'pull',
        definitionHash: hash,
        interval: { start, end },
        slot: end,
        workflowId,
        trigger: 'manual',
        loadId,
        streams: [],
      };
    },
    stage: (load) => quiet(runs.get(load.loadId)).run(activities.stage, load, {}),
    check: (load, staged) => quiet().run(activities.check, load, staged),
    swap: (load, staged) => quiet().run(activities.swap, load, staged, {}),
    async load(table, start) {
      const begun = await direct.begin(table, start);
      const staged = await direct.stage(begun);
      await direct.check(begun, staged);
      return direct.swap(begun, staged);
    },
    close,
  };
  return direct;
}

/** An env whose pulls ask a vendor of the test, and the activities of its loads. */
export interface VendorEnv {
  env: LiveEnv;
  vendor: JsonVendor;
  loads: DirectLoads;
  close(): Promise<void>;
}

export async function vendorEnv(
  test: string,
  files: Record<string, string>,
  answer: Parameters<typeof jsonVendor>[0],
): Promise<VendorEnv> {
  const vendor = await jsonVendor(answer);
  const env = await liveEnv(test, files);
  await env.apply();
  const loads = await directLoads(env, { VENDOR_URL: vendor.url });
  return {
    env,
    vendor,
    loads,
    async close() {
      await loads.close();
      await env.close();
      await vendor.close();
    },
  };
}
