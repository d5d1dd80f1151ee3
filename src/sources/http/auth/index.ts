import { basic } from './basic.ts';
import { bearer } from './bearer.ts';
import { header } from './header.ts';
import { login } from './login.ts';
import { oauth2 } from './oauth2.ts';
import { query } from './query.ts';

/** Every way in which a request can say who sends it, by the key under which the option names it. */
export const AUTH_KINDS = { bearer, basic, header, query, oauth2, login };

/** What an `auth` option may look like, for messages: never with a value. Those that ask for a token are too long. */
export const AUTH_EXAMPLES = [bearer, basic, header, query].map(({ example }) => example).join(' or ');
