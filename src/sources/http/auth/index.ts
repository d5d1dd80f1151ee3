import { basic } from './basic.ts';
import { bearer } from './bearer.ts';
import { header } from './header.ts';
import { query } from './query.ts';

/** Every way in which a request can say who sends it, by the key under which the option names it. */
export const AUTH_KINDS = { bearer, basic, header, query };

/** What an `auth` option may look like, for messages: never with a value. */
export const AUTH_EXAMPLES = Object.values(AUTH_KINDS)
  .map(({ example }) => example)
  .join(' or ');
