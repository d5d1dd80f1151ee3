import { defineSearchAttributeKey } from '@temporalio/common';
import type { Names } from '../names.ts';

const MANAGED_BY = defineSearchAttributeKey('ManagedBy', 'KEYWORD');
const ENV = defineSearchAttributeKey('Env', 'KEYWORD');
const TABLE = defineSearchAttributeKey('TableName', 'KEYWORD');

/** By what a schedule, and each run of a table, is found from its start on: also one that fails before it resolves. */
export function searchAttributes({ env }: Pick<Names, 'env'>, table: string) {
  return [
    { key: MANAGED_BY, value: 'millrace' },
    { key: ENV, value: env },
    { key: TABLE, value: table },
  ];
}
