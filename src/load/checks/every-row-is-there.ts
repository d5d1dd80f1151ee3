import type { Check } from './check.ts';

/** As many rows lie in the stage as the source was seen to give. */
export const everyRowIsThere: Check = {
  code: 'LOAD_COUNT_WRONG',
  async problem({ db, staging, load, rows }) {
    const count = await staging.count(db, load.loadId);
    return count === rows ? undefined : `${rows} rows were staged, but ${count} are there`;
  },
};
