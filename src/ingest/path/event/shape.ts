import type { Reason } from './reason.ts';

/** Druid's JSON parser gives up at 1,000; nobody means more than this. */
const MAX_DEPTH = 64;
const MAX_VALUES = 10_000;

/** What is wrong with an event's nesting and keys. Walks without recursion, so that no nesting exhausts the stack. */
export function faultOfShape(event: unknown): Reason | undefined {
  let level: object[] = isObject(event) ? [event] : [];
  let values = 0;
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return { code: 'TOO_DEEP', text: `nested deeper than ${MAX_DEPTH} levels` };
    const below: object[] = [];
    for (const holder of level) {
      for (const key in holder) {
        if (key === '__proto__') return { code: 'KEY_FORBIDDEN', text: "the key '__proto__' is refused" };
        if (++values > MAX_VALUES) return { code: 'TOO_MANY_VALUES', text: `more than ${MAX_VALUES} values` };
        const child: unknown = Reflect.get(holder, key);
        if (isObject(child)) below.push(child);
      }
    }
    level = below;
  }
  return undefined;
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
