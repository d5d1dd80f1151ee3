import type { Check } from './check.ts';

/** No other interval of the table owns a key of this load. */
export const keysAreFree: Check = {
  code: 'LOAD_KEY_TAKEN',
  async problem({ db, staging, definition, load }) {
    const taken = await staging.foreignKey(db, load);
    if (taken === undefined) return undefined;
    return `a row's key belongs to another interval: ${JSON.stringify(taken)}; put ${definition.time} into the key, or give write: 'upsert' where a key is one thing that changes`;
  },
};
