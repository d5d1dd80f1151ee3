import type { Change, Difference } from '../targets/target.ts';
import { differencesText } from './difference-text.ts';

const MARKS = { create: '+', update: '~', left: '-', retire: '-' } as const;

/** One object's lines, each with its newline; '' where all is as it should be. */
export function changeLines({ system, object, action, differences, note }: Change): string {
  if (action === 'unchanged') return '';
  const place = `${system.padEnd(10)} ${object}`;
  const said = note === undefined ? '' : ` · ${note}`;
  if (action === 'left' || action === 'retire') {
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

/** `3 created, 1 updated (1 changed by hand), 18 unchanged`: what every summary counts. */
export function tally(changes: readonly Change[], words: { create: string; update: string }): string {
  const count = (action: Change['action']) => changes.filter((change) => change.action === action).length;
  const drifted = changes.filter(({ differences }) => differences.some(({ byHand }) => byHand)).length;
  const parts = [
    `${count('create')} ${words.create}`,
    `${count('update')} ${words.update}${drifted === 0 ? '' : ` (${drifted} changed by hand)`}`,
    `${count('unchanged')} unchanged`,
  ];
  return parts.join(', ');
}

/** ` (field: live → desired, …)`; empty where there are none. */
export function listed(differences: readonly Difference[]): string {
  return differences.length === 0 ? '' : ` (${differencesText(differences)})`;
}
