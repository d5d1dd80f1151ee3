/**
 * What stands in a document at a path of keys with dots between them; '' is the document itself. A key that has a dot in
 * it, as OData's `@odata.nextLink`, is found as well.
 */
export function valueAt(body: unknown, path: string): unknown {
  if (path === '') return body;
  if (typeof body !== 'object' || body === null) return undefined;
  if (Object.hasOwn(body, path)) return (body as Record<string, unknown>)[path];
  for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
    const key = path.slice(0, dot);
    const found = Object.hasOwn(body, key)
      ? valueAt((body as Record<string, unknown>)[key], path.slice(dot + 1))
      : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
