/** Start of the interval of a run, by its search attribute: RFC 3339 in UTC; undefined: it has not resolved one yet. */
export function intervalStartOf(searchAttributes: Readonly<Record<string, unknown>>): string | undefined {
  const attribute = searchAttributes['IntervalStart'];
  const [first] = Array.isArray(attribute) ? (attribute as unknown[]) : [];
  return first instanceof Date ? first.toISOString().replace('.000Z', 'Z') : undefined;
}
