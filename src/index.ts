import { pullFrom } from './define/pull.ts';
import { PULL_SOURCES } from './sources/index.ts';

/** What a definition file in `pipelines/` imports as 'millrace'. */
export { z } from 'zod';
export { at } from './define/at.ts';
export { every } from './define/every.ts';
export { external } from './define/external.ts';
export { rollup } from './define/rollup.ts';
export { secret } from './define/secret.ts';
export { interval, sql } from './define/sql.ts';
export { stream } from './define/stream.ts';
export { t } from './define/t.ts';
export { view } from './define/view.ts';

/**
 * Declares a table that is fetched from another system, interval by interval.
 *
 * @example
 * export const rates = pull('rates', {
 *   every: every.day(),
 *   offset: '2 hours',
 *   time: 'day',
 *   key: ['day', 'currency'],
 *   row: z.object({ day: z.iso.date(), currency: z.string(), euros: z.number() }),
 *   http: {
 *     url: '{RATES_URL}/v1/rates',
 *     query: { from: '{start}', to: '{end}' },
 *     auth: { bearer: secret('RATES_TOKEN') },
 *     records: 'data',
 *     pages: { kind: 'cursor', param: 'cursor', from: 'meta.next' },
 *   },
 * });
 */
export const pull = pullFrom(PULL_SOURCES);
