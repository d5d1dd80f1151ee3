import type { Change, Difference } from '../targets/target.ts';
import { differencesText } from './difference-text.ts';
import { asLines } from './print.ts';

const MARKS = { create: '+', update: '~', left: '-', retire: '-', kept: '=' } as const;

/** One object's lines, each with its newline; '' where all is as it should be. */
export function changeLines({ system, object, action, differences, note }: Change): string {
  if (action === 'unchanged') return '';
  const place = `${system.padEnd(10)} ${object}`;
  const said = note === undefined ? '' : ` · ${note}`;
  if (isLeftover(action)) {
    return `  ${MARKS[action]} ${place}: no longer defined${said}\n`;
  }
  const ofDefinition = differences.filter(({ byHand }) => !byHand);
  const byHand = differences.filter((one) => one.byHand);
  const own =
    byHand.length > 0 && ofDefinition.length === 0
      ? ''
      : `  ${MARKS[action]} ${place}${listed(ofDefinition)}${said}\n`;
  return `${own}${byHand.length === 0 ? '' : `  ! ${place}: changed by hand${listed(byHand)}${own === '' ? said : ''}\n`}`;
}

/** Objects that are not as they should be, by system and name, as their lines say them: `kafka/dev.orders.raw`. */
export function changedNames(changes: readonly Change[]): string {
  const others = changes.filter(({ action }) => action !== 'unchanged');
  return asLines(others.map(({ system, object }) => `${system}/${object}`));
}

/** Is it of what no file defines any more? */
export function isLeftover(action: Change['action']): action is 'left' | 'retire' | 'kept' {
  return action === 'left' || action === 'retire' || action === 'kept';
}

/** What to do about data that is kept, as a line of its own; '' where none is. */
export function keptHint(changes: readonly Change[]): string {
  if (!changes.some(({ action }) => action === 'kept')) return '';
  return "What is kept holds data. 'npx millrace apply --prune --drop-data <name>' drops one with its data.\n";
}

/** `3 created, 1 updated (1 changed by hand), 18 unchanged, 12 retired, 5 kept`: what every summary counts. */
export function tally(
  changes: readonly Change[],
  words: { create: string; update: string; retire: string },
): string {
  const count = (action: Change['action']) => changes.filter((change) => change.action === action).length;
  const some = (action: Change['action'], word: string) =>
    count(action) === 0 ? [] : [`${count(action)} ${word}`];
  const drifted = changes.filter(({ differences }) => differences.some(({ byHand }) => byHand)).length;
  const parts = [
    `${count('create')} ${words.create}`,
    `${count('update')} ${words.update}${drifted === 0 ? '' : ` (${drifted} changed by hand)`}`,
    `${count('unchanged')} unchanged`,
    ...some('retire', words.retire),
    ...some('kept', 'kept'),
    ...some('left', 'no longer defined'),
  ];
  return parts.join(', ');
}

/** ` (field: live → desired, …)`; empty where there are none. */
export function listed(differences: readonly Difference[]): string {
  return differences.length === 0 ? '' : ` (${differencesText(differences)})`;
}
