/** The addresses of a Link header (RFC 8288) that are those of the next page. */
export function nextLinks(header: string): string[] {
  return [...header.matchAll(/<([^>]*)>((?:[^",]|"(?:[^"\\]|\\.)*")*)/g)].flatMap(
    ([, link = '', params = '']) => (isNext(params) ? [link] : []),
  );
}

/** Is `next` among the words of the link's `rel`? Another parameter's text may hold anything. */
function isNext(params: string): boolean {
  return [...params.matchAll(/;\s*([\w*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,]+))/g)].some(
    ([, name = '', quoted, bare]) =>
      name.toLowerCase() === 'rel' && (quoted ?? bare ?? '').toLowerCase().split(/\s+/).includes('next'),
  );
}
