import { expect, test } from 'vitest';
import { firstClause } from '../../../src/clients/druid-http.ts';

test.each([
  [
    'tokens that it would rather have read are left out',
    'Received an unexpected token [FORM] (line [1], column [15]), acceptable options: [<EOF>, "ORDER", "LIMIT"]',
    'Received an unexpected token [FORM] (line 1, column 15)',
  ],
  [
    'a whole sentence stays',
    "Column 'nope' not found in any table (line [3], column [8])",
    "Column 'nope' not found in any table (line 3, column 8)",
  ],
  ['a message without a place stays', 'Query could not be planned.', 'Query could not be planned.'],
])("of Druid's refusals %s", (_what, message, said) => {
  expect(firstClause(message)).toBe(said);
});
