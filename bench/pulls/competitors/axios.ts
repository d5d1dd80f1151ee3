import path from 'node:path';
import { PACKAGE_DIR } from '../../../src/package.ts';
import type { Competitor } from './competitor.ts';
import { openProgram } from './program.ts';

const SCRIPT = path.join(PACKAGE_DIR, 'bench', 'pulls', 'axios-loop.ts');

/** What somebody writes by hand: a page, a statement, the next page. */
export const axiosLoop: Competitor = {
  name: 'axios loop',
  open: (job) =>
    openProgram(job, [process.execPath, '--import', 'tsx', SCRIPT], {
      schema: 'millrace_bench_pulls_axios',
      customer: 'customer',
    }),
};
