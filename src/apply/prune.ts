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
  const data = step.live?.data;
  const dropsData = data !== undefined && dropData.includes(step.object);
  if (prune && (data !== 'all' || dropsData)) {
    return { ...step, action: 'retire', dropsData, ...(dropsData ? { note: 'its data goes, too' } : {}) };
  }
  const note =
    data === 'all'
      ? 'it holds data and is kept: --drop-data drops it'
      : "it stays: 'apply --prune' retires it";
  return { ...step, note };
}

function refuseNames({ surveyed }: Survey, prune: boolean, dropData: readonly string[]): void {
  if (dropData.length > 0 && !prune) throw invalid('--drop-data is given without --prune.');
  const wanted = new Set(
    surveyed.flatMap(({ steps }) => steps.flatMap(({ object }) => [object, object.replace(/^\w+ /, '')])),
  );
  const holding = surveyed.flatMap(({ leftovers }) =>
    leftovers.filter(({ live }) => live?.data !== undefined).map(({ object }) => object),
  );
  const read = new Map(
    surveyed.flatMap(({ steps }) => steps.map((step) => [step.desired?.madeFrom, step.object])),
  );
  for (const name of dropData) {
    const reader = read.get(name);
    if (reader !== undefined) {
      throw invalid(`--drop-data ${name}: '${reader}' is made from it; take that definition out first.`);
    }
    if (holding.includes(name)) continue;
    if (wanted.has(name)) {
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
