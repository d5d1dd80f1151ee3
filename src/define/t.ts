import { bigintType } from '../definition/field-types/bigint.ts';
import { decimalType } from '../definition/field-types/decimal.ts';
import { jsonType } from '../definition/field-types/json.ts';
import { localType } from '../definition/field-types/local.ts';
import { unixMsType, unixType } from '../definition/field-types/unix.ts';

/** Types for what JSON and zod cannot say exactly: `t.decimal(12, 2)` is a schema as `z.string()` is. */
export const t = {
  decimal: decimalType,
  bigint: bigintType,
  json: jsonType,
  unix: unixType,
  unixMs: unixMsType,
  local: localType,
};
