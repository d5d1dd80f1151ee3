import { MillraceError } from './errors.ts';
import { bare, holds, ipAddressOf, networkOf, type IpAddress, type IpNetwork } from './ip-address.ts';
import { shown } from './wording.ts';

/** The setting that allows pulls to ask hosts which are not public. */
export const PRIVATE_HOSTS = 'MILLRACE_PRIVATE_HOSTS';

/** What `MILLRACE_PRIVATE_HOSTS` allows. */
export interface PrivateHosts {
  /** Its entries as they were written; none: it is not set. */
  entries: readonly string[];
  hosts: readonly NamedHost[];
  networks: readonly IpNetwork[];
}

/** A host, or all hosts below it. */
interface NamedHost {
  /** As {@link hostOf} has it. */
  host: string;
  /** `*.corp.example`: the hosts below the name, and not the name itself. */
  isBelow: boolean;
  /** undefined: every port. */
  port: number | undefined;
}

/** Where a request goes. */
export interface Destination {
  /** As {@link hostOf} has it. */
  host: string;
  port: number;
}

/**
 * The hosts that pulls may ask although they are not public.
 * @param text the value of `MILLRACE_PRIVATE_HOSTS`; undefined and '': none
 * @throws CONFIG_INVALID
 */
export function privateHostsIn(text: string | undefined): PrivateHosts {
  const entries = entriesOf(text);
  const problem = problemOf(entries);
  if (problem !== undefined) throw new MillraceError('CONFIG_INVALID', `${PRIVATE_HOSTS} ${problem}.`);
  const read = entries.map(entryOf);
  return {
    entries,
    hosts: read.filter((entry) => entry !== undefined && 'host' in entry),
    networks: read.filter((entry) => entry !== undefined && 'bits' in entry),
  };
}

/** What is wrong with a value of `MILLRACE_PRIVATE_HOSTS`, with the remedy; undefined: nothing is. */
export function privateHostsProblem(text: string): string | undefined {
  return problemOf(entriesOf(text));
}

/** Is the destination allowed by its own name, or by the address that stands in its place? */
export function isNamed({ host, port }: Destination, { hosts }: PrivateHosts): boolean {
  return hosts.some((named) => {
    if (named.port !== undefined && named.port !== port) return false;
    return named.isBelow ? host.endsWith(`.${named.host}`) : host === named.host;
  });
}

/** Is the address in a network that is allowed? */
export function isInNetwork(address: IpAddress, { networks }: PrivateHosts): boolean {
  return networks.some((network) => holds(network, address));
}

/**
 * Where an address leads, with its host in the one form in which hosts are compared: an IP address without brackets (one
 * that is mapped into IPv6 as the IPv4 that it is), a name without the dot at its end.
 * @returns undefined: nobody can ask it
 */
export function destinationOf(url: string): Destination | undefined {
  if (!URL.canParse(url)) return undefined;
  const { hostname, port, protocol } = new URL(url);
  return {
    host: hostOf(hostname),
    port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
  };
}

function hostOf(hostname: string): string {
  const host = bare(hostname).replace(/\.+$/, '');
  return ipAddressOf(host)?.toString() ?? host;
}

function entriesOf(text = ''): string[] {
  return text.split(/[\s,]+/).filter((entry) => entry !== '');
}

function problemOf(entries: readonly string[]): string | undefined {
  const bad = entries.find((entry) => entryOf(entry) === undefined);
  return bad === undefined
    ? undefined
    : `holds ${shown(bad)}, which is neither a host nor a network; write what pulls may ask with commas between: erp.internal, erp.internal:8080, *.corp.example, 127.0.0.1, [::1], 10.0.0.0/8`;
}

/** @returns undefined: it is no entry */
function entryOf(text: string): NamedHost | IpNetwork | undefined {
  if (text.includes('/')) return networkOf(text);
  // An IPv6 address may stand without brackets, too: as an address has it, its end would be a port.
  const address = ipAddressOf(text);
  if (address !== undefined) return { host: address.toString(), isBelow: false, port: undefined };
  const isBelow = text.startsWith('*.');
  return namedHostOf(isBelow ? text.slice(2) : text, isBelow);
}

function namedHostOf(text: string, isBelow: boolean): NamedHost | undefined {
  const [, name = '', port] = /^([^:]+|\[[^\]]*\])(?::(\d{1,5}))?$/.exec(text) ?? [];
  // What else an address may hold (a login, a path) is none of a host, and the parser below would take it.
  if (name === '' || /[@?#\\*%]/.test(name)) return undefined;
  const { hostname = '' } = URL.canParse(`http://${name}`) ? new URL(`http://${name}`) : {};
  const host = hostOf(hostname);
  const isAddress = ipAddressOf(host) !== undefined;
  if (isAddress ? isBelow : !/^[\w.-]+$/.test(host)) return undefined;
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) return undefined;
  return { host, isBelow, port: port === undefined ? undefined : Number(port) };
}
