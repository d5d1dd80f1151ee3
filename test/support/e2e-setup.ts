import type { TestProject } from 'vitest/node';
import { npmStart } from './as-user.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** What the newcomer's `npm start` printed. */
    start: { code: number | null; stdout: string; stderr: string };
  }
}

/** Before all tests as a user: `npm start`, once, on the stack of the tests. They look at what it left. */
export default async function setup(project: TestProject): Promise<void> {
  project.provide('start', await npmStart().finished);
}
