import type { Report } from '../../define/declared.ts';
import { holdsToken } from '../../token-shapes.ts';
import { shown } from '../../wording.ts';
import { exampleOf } from './address.ts';

/**
 * Reports an address that cannot be asked, or that holds what is none of an address.
 * @param remedy what to write in place of a secret in it: `write auth: { … }`
 */
export function checkUrl(url: string, path: string, remedy: string, report: Report): void {
  const example = exampleOf(url);
  if (!/^https?:\/\//i.test(example) || !URL.canParse(example)) {
    report(
      path,
      `${shown(url)} is not an address; begin it with https://, http:// or a setting such as {WEATHER_URL}.`,
    );
  } else if (/[?#]/.test(example)) {
    report(path, `${shown(url)} holds a query; write it as query: { name: 'value' }.`);
  } else if (new URL(example).username !== '' || new URL(example).password !== '') {
    report(path, `holds a user or a password; leave them out and ${remedy}.`);
  } else if (holdsToken(decoded(example))) {
    report(
      path,
      `holds what looks like a secret; ${remedy}, or take the address from a setting such as {WEATHER_URL}.`,
    );
  }
}

function decoded(address: string): string {
  try {
    return decodeURIComponent(address);
  } catch {
    return address;
  }
}
