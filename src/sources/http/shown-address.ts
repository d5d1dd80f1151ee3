import { settingsIn, withSettings } from '../placeholders.ts';

type ValueOf = (setting: string) => string;

/**
 * An address as messages show it. Of what a setting holds, which may be a token, they show scheme and host alone:
 * `https://api.example/v1/rates`, or `{RATES_URL}/rates at https://api.example`.
 *
 * @param url with its settings still to be filled in
 */
export function shownAddress(url: string, valueOf: ValueOf): string {
  const { origin, pathname } = read(withSettings(url, valueOf)) ?? NOWHERE;
  if (settingsIn(url).length === 0) return `${origin}${pathname}`;
  const [path = ''] = url.split(/[?#]/);
  const shown = path.replace(
    /^\{([^{}]*)\}/,
    (setting, name: string) => originIn(valueOf(name), origin) ?? setting,
  );
  return origin === '' || shown.startsWith(origin) ? shown : `${shown} at ${origin}`;
}

/** What the settings of an address hold beyond scheme and host, piece by piece, as others may repeat it. */
export function heldIn(url: string, valueOf: ValueOf): string[] {
  return settingsIn(url).flatMap((name) =>
    valueOf(name)
      .replace(/^[a-z]+:\/\/[^/?#]*/i, '')
      .split(/[/?#&=]+/)
      .filter((piece) => piece !== ''),
  );
}

const NOWHERE = { origin: '', pathname: '' };

function read(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined;
}

/** A setting that holds the origin of the address and nothing else; undefined where it holds more, or less. */
function originIn(value: string, origin: string): string | undefined {
  if (read(value)?.href !== `${origin}/`) return undefined;
  return value.endsWith('/') ? `${origin}/` : origin;
}
