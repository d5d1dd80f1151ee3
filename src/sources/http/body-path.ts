import { text, wants } from '../../define/options.ts';

const BODY_PATH = /^[^.\s]+(\.[^.\s]+)*$/;

/** An option that names a place in a body: keys with dots between them. */
export function bodyPath(example: string) {
  return text(example).regex(BODY_PATH, wants('a path of keys with dots between them', example));
}
