import type { Report } from '../../../define/declared.ts';
import { checkLoginAddress } from '../address.ts';
import { checkUrl } from '../check-url.ts';

/** Reports an address at which no token can be asked for. */
export function checkTokenUrl(url: string, path: string, report: Report): void {
  checkLoginAddress(url, path, report);
  checkUrl(url, path, 'name them as secrets of the login', report);
}
