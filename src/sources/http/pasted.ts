import { holdsToken } from '../../token-shapes.ts';

/** Last words of names that carry a secret, whatever stands before them. */
const SECRET_WORDS = new Set([
  ...['token', 'secret', 'password', 'passwd', 'pwd', 'passphrase', 'authorization', 'auth', 'cookie', 'jwt'],
  ...[
    'credential',
    'credentials',
    'signature',
    'sig',
    'apikey',
    'apitoken',
    'accesskey',
    'accesstoken',
    'authtoken',
  ],
]);

/** Words before `key` with which it is one that opens something; `sort_key` and `partition_key` open nothing. */
const KEYS_THAT_OPEN = new Set([
  ...['api', 'access', 'account', 'admin', 'app', 'application', 'auth', 'client', 'consumer', 'developer'],
  ...['functions', 'license', 'master', 'private', 'rapidapi', 'rest', 'secret', 'service', 'shared'],
  ...['subscription', 'user', 'x'],
]);

/** Words before `token` with which it is a place in a list. */
const PLACES = new Set(['page', 'next', 'continuation', 'sync']);

/** Is that how a header or a parameter is called which carries a secret? `X-Api-Key`, `access_token`, `key`. */
export function isSecretName(name: string): boolean {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  const [last = '', before] = words.filter((word) => word !== '').reverse();
  if (last === 'key') return before === undefined || KEYS_THAT_OPEN.has(before);
  if (last === 'token') return before === undefined || !PLACES.has(before);
  return SECRET_WORDS.has(last);
}

/** Is that a secret which somebody has pasted? A placeholder is none. */
export function looksPasted(name: string, value: string): boolean {
  if (value.replaceAll(/\{[^{}]*\}/g, '').trim() === '') return false;
  return isSecretName(name) || holdsToken(value) || isLogin(value) || isWeatherKey(name, value);
}

/** The value of an Authorization header, under whatever name. */
function isLogin(value: string): boolean {
  return /^(bearer|basic|digest|token|apikey) +\S/i.test(value);
}

/** OpenWeatherMap calls its key `appid`; elsewhere that is no secret. */
function isWeatherKey(name: string, value: string): boolean {
  return name.toLowerCase() === 'appid' && /^[0-9a-f]{32}$/.test(value);
}
