/** What may name a header (RFC 9110 §5.1). */
export const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;

/** Can it be sent? Printable ASCII, no line breaks. */
export function isHeader(name: string, value: string): boolean {
  return HEADER_NAME.test(name) && !/[^\t\x20-\x7e]/.test(value);
}
