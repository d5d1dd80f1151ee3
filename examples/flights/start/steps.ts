import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { apply, places, prepare, startInBackground, stateFile } from 'millrace/script';
import { z } from 'zod';
import { teamTablesIn } from '../team-tables/load.ts';
import type { Stepper } from './stepper.ts';
import { vendorSettings } from './vendor-settings.ts';

const PROJECT = path.join(import.meta.dirname, '..');

export async function startVendor(step: Stepper): Promise<void> {
  await step('weather vendor', async () => {
    const { url, port, token } = await vendorSettings();
    await startInBackground({
      name: 'vendor',
      args: program('vendor.ts', { port, control: true }),
      variables: { WEATHER_TOKEN: token },
      address: url,
      ready: async () => (await fetch(`${url}/health`)).ok,
    });
    return url;
  });
}

/** The team's own tables, which the combined table joins: airlines and planes. */
export async function fillTeamTables(step: Stepper): Promise<void> {
  await step("the team's own tables", async () => {
    const { names, mariadb } = places();
    const database = names.schema;
    const tables = teamTablesIn({ ...mariadb, database });
    if (await tables.areFilled()) return `were in ${database}`;
    await prepare();
    await tables.fill();
    return `airlines, planes in ${database}`;
  });
}

export async function applyDefinitions(step: Stepper): Promise<void> {
  await step('millrace apply', async () => {
    const changes = await apply();
    const changed = changes.filter(({ action }) => action === 'create' || action === 'update').length;
    return changed === 0 ? 'nothing to change' : `${changed} objects made or changed`;
  });
}

const progressShape = z.object({ phase: z.string(), sent: z.number() });
const windowShape = z.object({ from: z.string() });

/**
 * Departures of the last days through the raw topic at once, then as they happen.
 * @returns the hour from which on they were replayed: a later start goes on with the window of the first
 */
export async function startReplay(days: number, step: Stepper): Promise<Date> {
  const { env, names, kafka } = places();
  // Several envs may run beside each other in one home.
  const name = `${env}-replay`;
  const state = stateFile(`${name}.json`);
  const progress = stateFile(`${name}.progress.json`);
  await step(`departures of the last ${days} days`, async () => {
    const args = program('replay.ts', {
      topic: names.rawTopic({ name: 'departures' }),
      brokers: kafka.brokers.join(','),
      days,
      live: true,
      state,
      'progress-file': progress,
    });
    const read = () => progressShape.parse(JSON.parse(readFileSync(progress, 'utf8')));
    await startInBackground({
      name,
      args,
      ready: async () => existsSync(progress) && read().phase !== 'replay',
    });
    return `${read().sent} events sent so far, live ones follow`;
  });
  return new Date(windowShape.parse(JSON.parse(readFileSync(state, 'utf8'))).from);
}

/** The world outside is TypeScript programs of its own. A flag that is true stands alone. */
function program(file: string, flags: Record<string, string | number | true>): string[] {
  const given = Object.entries(flags).flatMap(([name, value]) =>
    value === true ? [`--${name}`] : [`--${name}`, String(value)],
  );
  return ['--import', 'tsx', path.join(PROJECT, file), ...given];
}
