import { ownSecrets } from '../clients/own-secrets.ts';
import { loadConfig } from '../config.ts';
import { redactionOf, type Redaction } from '../redaction/index.ts';

/** Of this process. A worker adds what its definitions name. */
const redaction = redactionOf([]);

/** What no output of this process may show: our own passwords, as the settings have them now, at least. */
export function hidden(): Redaction {
  try {
    redaction.hide(ownSecrets(loadConfig()));
  } catch {
    // Settings that cannot be read are an error of their own; what was known before stays hidden.
  }
  return redaction;
}
