import type { Mutant } from '../mutant.ts';
import { APPLY } from './apply.ts';
import { DEFINITION } from './definition.ts';
import { HTTP } from './http.ts';
import { INGEST } from './ingest.ts';
import { OF_LOADS } from './loads.ts';
import { SCHEDULES } from './schedules.ts';

/** Every deliberate fault, from the raw topic to what apply keeps. */
export const MUTANTS: readonly Mutant[] = [
  ...INGEST,
  ...OF_LOADS,
  ...HTTP,
  ...SCHEDULES,
  ...APPLY,
  ...DEFINITION,
];
