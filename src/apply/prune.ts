import { MillraceError } from '../errors.ts';
import type { Step } from '../targets/target.ts';
import { alternatives } from '../wording.ts';
import type { Survey } from './survey.ts';

export interface PruneOptions {
  /** Retire what no definition asks for any more. */
  prune?: boolean;
  /** Tables, topics and datasources, by name, whose data goes with them. */
  dropData?: readonly string[];
}

/**
 * Says of each leftover whether it goes: schedules, supervisors, views, datasets and dashboards do; what holds data
 * does where it is named.
 * @throws INPUT_INVALID when data is named that is still defined, or that is not there
 */
export function chooseRetired(survey: Survey, { prune = false, dropData = [] }: PruneOptions): void {
  refuseNames(survey, prune, dropData);
  for (const surveyed of survey.surveyed) {
    surveyed.leftovers = surveyed.leftovers.map((step) => chosen(step, prune, dropData));
  }
}

function chosen(step: Step, prune: boolean, dropData: readonly string[]): Step {
  const holdsData = step.live?.holdsData === true;
  const dropsData = holdsData && dropData.some((name) => isCalled(step.object, name));
  if (prune && (!holdsData || dropsData)) {
    return { ...step, action: 'retire', ...(dropsData ? { dropsData, note: 'its data goes, too' } : {}) };
  }
  if (prune) return { ...step, action: 'kept', note: 'it holds data and is kept' };
  const stays = holdsData ? 'it holds data, which stays' : "it stays: 'apply --prune' retires it";
  return { ...step, note: stays };
}

/** By its name, with its kind or without: `datasource dev_orders_v1`, `dev_orders_v1`. */
function isCalled(object: string, name: string): boolean {
  return object === name || object.replace(/^\w+ /, '') === name;
}

function refuseNames({ surveyed }: Survey, prune: boolean, dropData: readonly string[]): void {
  if (dropData.length > 0 && !prune) throw invalid('--drop-data is given without --prune.');
  const wanted = surveyed.flatMap(({ steps }) => steps.map(({ object }) => object));
  const holding = surveyed.flatMap(({ leftovers }) =>
    leftovers.filter(({ live }) => live?.holdsData === true).map(({ object }) => object),
  );
  const read = new Map(
    surveyed.flatMap(({ steps }) => steps.map((step) => [step.desired?.madeFrom, step.object])),
  );
  for (const name of dropData) {
    const reader = read.get(name);
    if (reader !== undefined) {
      throw invalid(`--drop-data ${name}: '${reader}' is made from it; take that definition out first.`);
    }
    if (holding.some((object) => isCalled(object, name))) continue;
    if (wanted.some((object) => isCalled(object, name))) {
      throw invalid(`--drop-data ${name}: it is still defined; take its definition out first.`);
    }
    throw invalid(
      `--drop-data ${name}: nothing that apply left over is called so${alternatives(name, holding)}`,
    );
  }
}

function invalid(text: string): MillraceError {
  return new MillraceError('INPUT_INVALID', `${text} Nothing was changed.`);
}
