import type { Config } from '../config.ts';
import { openTemporal } from '../schedules/target.ts';
import { openDruid } from '../targets/druid/target.ts';
import { openKafka } from '../targets/kafka/target.ts';
import { openMariaDb } from '../targets/mariadb/target.ts';
import { openSuperset } from '../targets/superset/target.ts';
import type { Target } from '../targets/target.ts';
import { openCatalogue } from './catalogue.ts';

/**
 * Everything that apply keeps in step, in the order in which each part finds what it needs; what is retired goes in
 * the reverse order, so that nothing is left that reads what is gone.
 */
const TARGETS: readonly ((config: Config) => Target | undefined)[] = [
  openKafka,
  openMariaDb,
  openDruid,
  openCatalogue,
  openTemporal,
  openSuperset,
];

/**
 * A target that is not set in this env is left out: what apply made there stays recorded as ours.
 * @throws DEFINITION_INVALID where a target reads files of its own (dashboards)
 */
export function openTargets(config: Config): Target[] {
  return TARGETS.flatMap((open) => open(config) ?? []);
}

export async function closeTargets(targets: readonly Target[]): Promise<void> {
  await Promise.all(targets.map((target) => target.close()));
}
