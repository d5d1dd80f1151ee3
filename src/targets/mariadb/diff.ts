import type { Names } from '../../names.ts';
import { diffByFields, same, samePath } from '../difference.ts';
import type { Difference, Owned, Recorded, Step } from '../target.ts';
import { isTheirs, type LiveRight } from './external-rights.ts';
import type { DesiredObject, DesiredTable, LiveObject } from './objects.ts';

type MariaDbStep = Step<DesiredObject, LiveObject>;

/** What has to be done, and what may not: rows of a table are neither lost nor read in another way. */
export function diffObjects(
  desired: readonly DesiredObject[],
  live: ReadonlyMap<string, LiveObject>,
  owned: Owned,
): MariaDbStep[] {
  const ours = desired.filter((one) => one.kind !== 'right' || !isTheirs(one, rightIn(live, one), owned));
  const whole = ours.map((one) => withText(one, live.get(one.object), owned.get(one.object)));
  return diffByFields('mariadb', whole, live, owned).map((step) => {
    const problems = lossesOf(step);
    const refusal = problems.length > 0 ? refusalOf(step, problems) : rightIn(live, step)?.refusal;
    const differences = step.differences.map((one): Difference =>
      isOfBoth(one, step) ? { ...one, isEcho: true } : one,
    );
    return {
      ...step,
      ...noteOf(lostColumns(step)),
      differences,
      ...(refusal === undefined ? {} : { refusal }),
    };
  });
}

function rightIn(
  live: ReadonlyMap<string, LiveObject>,
  { object }: { object: string },
): LiveRight | undefined {
  const found = live.get(object);
  return found?.kind === 'right' ? found : undefined;
}

/**
 * The columns that somebody dropped by hand: apply had made them and the table has them no more. Their values are lost,
 * whatever the ledger says of the intervals.
 */
export function lostColumns({ action, desired, live, recorded }: MariaDbStep): string[] {
  const made = recorded?.made?.fields['columns'];
  if (action === 'retire' || desired?.kind !== 'table' || live?.kind !== 'table') return [];
  if (typeof made !== 'object' || made === null) return [];
  const there = live.fields.columns ?? {};
  return Object.keys(desired.fields.columns).filter(
    (column) => Object.hasOwn(made, column) && !Object.hasOwn(there, column),
  );
}

function noteOf(lost: readonly string[]): { note?: string } {
  if (lost.length === 0) return {};
  return {
    note: `somebody dropped ${lost.join(', ')} with all values: no interval counts as loaded any more, backfill the table`,
  };
}

/**
 * What MariaDB made of a view's SQL when it was applied is what it should still be, while the SQL is the same. A view
 * whose table was dropped has no columns: it is made again, and Superset is told of the columns that it has then.
 */
function withText(
  one: DesiredObject,
  live: LiveObject | undefined,
  recorded: Recorded | undefined,
): DesiredObject {
  const made = recorded?.made;
  if (one.kind !== 'view' || made === undefined || made.unseen['sql'] !== one.unseen.sql) return one;
  const { body, columns } = made.learned;
  const isBroken = live?.kind === 'view' && Object.keys(live.fields.columns).length === 0;
  const learned = isBroken && columns !== undefined ? { body, columns } : { body };
  return { ...one, fields: { ...one.fields, ...learned } as typeof one.fields };
}

/** Does the staging table differ just as its table does? */
function isOfBoth({ path, live, desired }: Difference, { differences }: MariaDbStep): boolean {
  const [part, ...rest] = path;
  return (
    part === 'staging' &&
    differences.some((one) => samePath(one.path, rest) && same(one.live, live) && same(one.desired, desired))
  );
}

function lossesOf(step: MariaDbStep): string[] {
  const { desired, live } = step;
  if (desired?.kind !== 'table' || live?.kind !== 'table') return [];
  const undeclared = Object.keys(live.fields.columns ?? {}).filter(
    (column) => step.recorded?.made === undefined && !(column in desired.fields.columns),
  );
  return [
    ...undeclared.map((column) => dropped(column, live.fields.columns?.[column])),
    ...step.differences.flatMap((one) => lossOf(desired, one)),
  ];
}

function lossOf({ definition }: DesiredTable, { path, live, desired, byHand }: Difference): string[] {
  const [collection, column] = path;
  if (collection !== 'columns' || column === undefined) return [];
  if (desired === undefined) return [dropped(column, live)];
  if (live === undefined) {
    return definition.key.includes(column) ? [`the key would gain column ${column}`] : [];
  }
  return byHand ? [] : [`column ${column} would change from ${typeIn(live)} to ${typeIn(desired)}`];
}

function dropped(column: string, live: unknown): string {
  return `column ${column} (${typeIn(live)}) would be dropped`;
}

function typeIn(column: unknown): string {
  return String(column).replace(/ (NOT )?NULL.*$/, '');
}

function refusalOf({ object }: MariaDbStep, problems: string[]): string {
  return `Table '${object}' holds rows, and this change would lose or reinterpret some: ${problems.join('; ')}. Give the new shape a new name and backfill it, then retire the old one.`;
}

/** What is said of a table or view that stands where ours should. */
export function foreignText(names: Names, name: string): string {
  return `MariaDB already has '${names.schema}.${name}', which millrace did not make. Rename the definition, or declare the table with external('${name}', …) and read it.`;
}
