import { PRIVATE_HOSTS, privateHostsIn } from '../../src/private-hosts.ts';

/** Where the servers of tests are. */
const HERE = '127.0.0.1';

/** What a worker allows that may ask this machine. */
export const THIS_MACHINE = privateHostsIn(HERE);

/** The settings of a worker that may ask this machine; `values` stand beside that, or in its place. */
export function settingsOf(values: Record<string, string> = {}): (name: string) => string | undefined {
  const all: Record<string, string> = { [PRIVATE_HOSTS]: HERE, ...values };
  return (name) => all[name];
}
