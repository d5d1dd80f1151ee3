/*
 * The door of this room: what the others use of it.
 */
export { progressOf, type IntakeState } from './progress.ts';
export { standstill } from './standstill.ts';
export { mend, type MendDeps } from './mend.ts';
export { failureText, heldUpText } from './text.ts';
export { nextOffsets, saidBy } from './positions.ts';
export { lackOf, unreadOf } from './complete.ts';
export { isKnown } from './segments.ts';
