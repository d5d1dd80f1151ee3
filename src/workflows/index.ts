export { refresh } from './refresh.ts';
export { backfill } from './backfill.ts';
