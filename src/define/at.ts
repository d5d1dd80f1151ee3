import type { z } from 'zod';

/**
 * A field whose value stands elsewhere in the record, or is called otherwise there: `at('user.login', z.string())`.
 *
 * @param path keys with dots between them, an index for an element of a list (`'lines.0.sku'`); of CSV the heading. A key
 *   that has a dot itself is found as well
 * @param type of the value; where anything on the way to it is missing, so is the value
 */
export function at<T extends z.ZodType>(path: string, type: T): T {
  return type.clone({ ...type._zod.def, at: path } as typeof type._zod.def);
}
