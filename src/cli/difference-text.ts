import { durationText } from '../define/duration.ts';
import { canonicalJson } from '../definition/hash.ts';
import { isUnknown } from '../targets/difference.ts';
import type { Difference } from '../targets/target.ts';

/** Longer values are cut: a view's SQL, the layout of a dashboard. */
const MAX_VALUE = 60;
/** How much stands before the first difference of two cut values, so that its place is known again. */
const LEAD = 20;

/**
 * What is not as it should be, as a person writes it: `delay: int(11) → bigint(20)`, `+ unit text` for what is not there
 * yet, `- unit` for what goes. What another line says already is only named.
 */
export function differencesText(differences: readonly Difference[]): string {
  const told = differences.filter(({ isEcho }) => isEcho !== true);
  const texts = told.length > 0 ? told.flatMap(textsOf) : differences.map(({ path }) => pathText(path));
  return [...new Set(texts)].join(', ');
}

/** Shown with the value, in words. */
const UNIT = /(?<=.)Ms$/;

/** Collections whose name says nothing: what stands in one is known by the line's object. */
const CONTAINERS = ['facts', 'settings', 'columns'];

/** The one way in which a path is shown: `retention.ms`, `staging.unit`, `ioConfig.'a name with.dots'`. */
export function pathText(path: readonly string[]): string {
  const names = path.filter(
    (name, index) => !(CONTAINERS.includes(name) && index < path.length - 1 && isOuter(path, index)),
  );
  const quoted = names.length === 1 ? names : names.map((name) => (name.includes('.') ? `'${name}'` : name));
  return quoted.join('.').replace(UNIT, '');
}

/** Outermost, or in the staging table that stands beside its table. */
function isOuter(path: readonly string[], index: number): boolean {
  return index === 0 || (index === 1 && path[0] === 'staging');
}

function textsOf({ path, live, desired, byHand }: Difference): string[] {
  const name = pathText(path);
  if (isUnknown(desired)) return [`${name}: ${desired.$unknown}`];
  const members = memberTexts(name, live, desired);
  if (members !== undefined) return members;
  const unit = path.at(-1) ?? '';
  if (!byHand && isNothing(live)) return [`+ ${name} ${cut(written(desired, unit))}`];
  if (!byHand && isNothing(desired)) return [`- ${name}`];
  const [before, after] = windows(written(live, unit), written(desired, unit));
  return [`${name}: ${before} → ${after}`];
}

/** Two lists of named parts, as the fields of a definition are: each part that differs, by its name. */
function memberTexts(name: string, live: unknown, desired: unknown): string[] | undefined {
  const [before, after] = [named(live), named(desired)];
  if (before === undefined || after === undefined) return undefined;
  const texts = [
    ...[...after].flatMap(([member, part]) => {
      const was = before.get(member);
      if (was === undefined) return [`+ ${name}.${member} ${cut(written(part))}`];
      if (canonicalJson(was) === canonicalJson(part)) return [];
      const [old, now] = windows(written(was), written(part));
      return [`${name}.${member}: ${old} → ${now}`];
    }),
    ...[...before.keys()].filter((member) => !after.has(member)).map((member) => `- ${name}.${member}`),
  ];
  return texts.length > 0 ? texts : [`${name}: another order`];
}

function named(value: unknown): Map<string, object> | undefined {
  if (!Array.isArray(value)) return undefined;
  const entries = value.flatMap((part: unknown) => {
    if (typeof part !== 'object' || part === null || !('name' in part)) return [];
    const { name, ...rest } = part;
    return [[String(name), rest] as const];
  });
  return entries.length === value.length && entries.length > 0 ? new Map(entries) : undefined;
}

/** Both values on one line each; of long ones the part around the first difference, `…` where something is left out. */
function windows(live: string, desired: string): [string, string] {
  const longest = Math.max(live.length, desired.length);
  if (longest <= MAX_VALUE) return [live, desired];
  let same = 0;
  while (same < live.length && live[same] === desired[same]) same++;
  // What is short enough behind the first difference leaves room before it.
  const start = Math.max(0, Math.min(same - LEAD, longest - MAX_VALUE + 1));
  return [cut(live, start), cut(desired, start)];
}

function cut(text: string, start = 0): string {
  const room = MAX_VALUE - (start > 0 ? 1 : 0);
  const rest = text.slice(start);
  const shown = rest.length <= room ? rest : `${rest.slice(0, room - 1)}…`;
  return start > 0 ? `…${shown}` : shown;
}

const isNothing = (value: unknown) => value === undefined || value === null;

/** @param unit the name under which the value stands: it may end with the unit */
function written(value: unknown, unit = ''): string {
  if (isNothing(value)) return 'none';
  if (typeof value === 'string') return value.replaceAll(/\s+/g, ' ').trim();
  if (typeof value === 'number' && UNIT.test(unit)) return durationText(value);
  if (Array.isArray(value)) return isSql(value) ? sqlText(value) : listText(value);
  return typeof value === 'object' ? partsText(value) : JSON.stringify(value);
}

/** `bigint, nullable, min 0`: the type goes without saying so, as does what is true. */
function partsText(value: object): string {
  const parts = Object.entries(value).map(([name, part]: [string, unknown]) => {
    if (name === 'type' && typeof part === 'string') return part;
    return part === true ? name : `${name.replace(UNIT, '')} ${written(part, name)}`;
  });
  return parts.length === 0 ? 'none' : parts.join(', ');
}

function listText(values: readonly unknown[]): string {
  const texts = values.map((value) => written(value));
  return texts.length === 0
    ? 'none'
    : texts.join(values.some((one) => typeof one === 'object') ? '; ' : ', ');
}

type SqlParts = readonly (string | { read: string } | { interval: true })[];

/** A definition's SQL: text, and what stands for tables and the interval. */
function isSql(value: readonly unknown[]): value is SqlParts {
  return value.some(
    (part) => typeof part === 'object' && part !== null && ('read' in part || 'interval' in part),
  );
}

function sqlText(parts: SqlParts): string {
  const whole = parts.map((part) => {
    if (typeof part === 'string') return part;
    return `\${${'read' in part ? part.read : 'interval'}}`;
  });
  return written(whole.join(''));
}
