import type { Check } from './check.ts';

/** No key stands twice, and no column of a key is without a value. */
export const keysAreUnique: Check = {
  code: 'LOAD_KEY_INVALID',
  async problem({ db, staging, definition, load }) {
    const repeated = await staging.repeatedKey(db, load);
    if (repeated === undefined) return undefined;
    return `the source gives a key more than once: ${JSON.stringify(repeated)}; the key ${definition.key.join(', ')} must be unique`;
  },
};
