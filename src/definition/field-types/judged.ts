import { z } from 'zod';

/**
 * The schema of a type that JSON has no word for: `read` gives the value in the one form in which we keep it, or undefined
 * where it is none.
 */
export function judged(read: (value: unknown) => string | undefined): z.ZodType<string> {
  return z.unknown().transform((value, context) => {
    const kept = read(value);
    if (kept !== undefined) return kept;
    context.addIssue({ code: 'custom' });
    return z.NEVER;
  });
}
