import { z } from 'zod';
import type { FieldFacts } from './field-facts.ts';
import type { OwnType, ZodDef } from './zod-def.ts';

/** A schema that says this type. What it gives back is text, whatever the source sends. */
export function ownType(own: OwnType): z.ZodType<string> {
  const bare = z.custom<string>(() => true);
  return bare.clone({ ...bare._zod.def, own } as typeof bare._zod.def);
}

/** The parts of a type's meaning that read such a schema. */
export function saidByOwn(type: string) {
  return {
    isSaidBy: ({ own }: ZodDef) => own?.type === type,
    read: ({ own }: ZodDef, field: FieldFacts, complain: (text: string) => void) => {
      if (own?.problem !== undefined) complain(own.problem);
      Object.assign(field, own?.facts);
    },
  };
}
