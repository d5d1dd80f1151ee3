import { MillraceError } from '../errors.ts';
import type { Step } from '../targets/target.ts';
import type { Survey } from './survey.ts';

/** What may not be carried out: an object of somebody else, rows that would be lost. */
export function refusedSteps({ surveyed }: Pick<Survey, 'surveyed'>): Step[] {
  return surveyed.flatMap(({ steps }) => steps.filter(({ refusal }) => refusal !== undefined));
}

/**
 * Called before anything is changed.
 * @throws OBJECT_FOREIGN · CHANGE_UNSUPPORTED, with everything that is refused · what a target that is not there says
 */
export function refuse(survey: Survey): void {
  const [down] = survey.unasked;
  if (down !== undefined) throw down.error;
  refuseSteps(refusedSteps(survey));
}

/** @throws OBJECT_FOREIGN · CHANGE_UNSUPPORTED where a step among these is refused */
export function refuseSteps(steps: readonly Step[]): void {
  const refused = steps.filter(({ refusal }) => refusal !== undefined);
  const [first] = refused;
  if (first === undefined) return;
  const isForeign = refused.some((step) => step.isForeign === true);
  const texts = [...new Set(refused.map(({ refusal }) => String(refusal)))];
  throw new MillraceError(
    isForeign ? 'OBJECT_FOREIGN' : 'CHANGE_UNSUPPORTED',
    texts.length === 1
      ? String(texts[0])
      : `Nothing was changed:\n${texts.map((text) => `  ${text}`).join('\n')}`,
    { context: { system: first.system, object: first.object } },
  );
}
