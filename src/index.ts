import { pullFrom } from './define/pull.ts';
import { PULL_SOURCES } from './sources/index.ts';

/** What a definition file in `pipelines/` imports as 'millrace'. */
export { z } from 'zod';
export { every } from './define/every.ts';
export { external } from './define/external.ts';
export { rollup } from './define/rollup.ts';
export { secret } from './define/secret.ts';
export { interval, sql } from './define/sql.ts';
export { stream } from './define/stream.ts';
export { view } from './define/view.ts';

/** Declares a summary that is fetched from another system into one MariaDB table. */
export const pull = pullFrom(PULL_SOURCES);
