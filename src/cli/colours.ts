import pc from 'picocolors';
import { inheritedVariables } from '../config.ts';
import { isTerminal } from './print.ts';

/** Colours for who sees them: a pipe or a file gets none, in CI either, unless FORCE_COLOR asks for them. */
export const colours = pc.createColors(
  pc.isColorSupported && (isTerminal('stdout') || processAsksForColours()),
);

function processAsksForColours(): boolean {
  return inheritedVariables()['FORCE_COLOR'] !== undefined;
}
