import { BlockList, isIP } from 'node:net';
import { MillraceError } from '../errors.ts';
import { bare } from '../ip-address.ts';
import { decoded } from './url-password.ts';

/** A forward proxy, as `HTTPS_PROXY` or `HTTP_PROXY` names it. */
export interface Proxy {
  /** The variable that names it. */
  variable: string;
  /** Without its login: `http://proxy.example:3128`. */
  address: string;
  protocol: 'http:' | 'https:';
  host: string;
  port: number;
  auth?: { username: string; password: string };
}

type Variables = (name: string) => string | undefined;

/**
 * The proxy by way of which an address is asked. This machine, and what `NO_PROXY` lists, is asked directly.
 *
 * @param valueOf a variable of the environment; its name is tried in upper and in lower case
 * @returns undefined: the address is asked directly
 * @throws CONFIG_INVALID
 */
export function proxyFor(url: string, valueOf: Variables): Proxy | undefined {
  if (!URL.canParse(url)) return undefined;
  const target = new URL(url);
  const name = target.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const value = variable(name, valueOf);
  if (value === undefined || isHere(target.hostname)) return undefined;
  const exceptions = (variable('NO_PROXY', valueOf) ?? '').split(/[\s,]+/).filter((entry) => entry !== '');
  return exceptions.some((entry) => covers(entry, target)) ? undefined : proxyOf(name, value);
}

/** The proxies that are set, without logins, for a log; undefined: none is. @throws CONFIG_INVALID */
export function proxiesIn(valueOf: Variables): Record<string, string> | undefined {
  const set = ['HTTPS_PROXY', 'HTTP_PROXY'].flatMap((name) => {
    const value = variable(name, valueOf);
    return value === undefined ? [] : [[name, proxyOf(name, value).address]];
  });
  const exceptions = variable('NO_PROXY', valueOf);
  if (set.length === 0) return undefined;
  return Object.fromEntries([
    ...set,
    ...(exceptions === undefined ? [] : [['NO_PROXY', exceptions]]),
  ]) as Record<string, string>;
}

/** As other programs do, the lower-case name counts first. */
function variable(name: string, valueOf: Variables): string | undefined {
  const value = valueOf(name.toLowerCase()) ?? valueOf(name);
  return value === '' ? undefined : value;
}

function proxyOf(name: string, value: string): Proxy {
  const text = value.includes('://') ? value : `http://${value}`;
  const { protocol, hostname, port, username, password } = URL.canParse(text) ? new URL(text) : NOWHERE;
  if (hostname === '' || (protocol !== 'http:' && protocol !== 'https:')) {
    throw new MillraceError(
      'CONFIG_INVALID',
      `${name} is not the address of an HTTP proxy; write it as http://proxy.example:3128, or http://user:password@proxy.example:3128.`,
    );
  }
  const portNumber = port === '' ? DEFAULT_PORTS[protocol] : Number(port);
  return {
    variable: name,
    address: `${protocol}//${hostname}:${portNumber}`,
    protocol,
    host: hostname,
    port: portNumber,
    ...(username === '' ? {} : { auth: { username: decoded(username), password: decoded(password) } }),
  };
}

const NOWHERE = { protocol: '', hostname: '', port: '', username: '', password: '' };
const DEFAULT_PORTS = { 'http:': 80, 'https:': 443 } as const;

/** Is it a name of this machine? */
function isHere(hostname: string): boolean {
  const host = bare(hostname);
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127\./.test(host);
}

/** Does an entry of NO_PROXY speak of the address? A host, with those below it; an IP address or network; with a port. */
function covers(entry: string, { hostname, port, protocol }: URL): boolean {
  if (entry === '*') return true;
  const host = bare(hostname);
  if (entry.includes('/')) return isInNetwork(host, entry);
  const [, name = entry, itsPort] = /^(\[.*\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? [];
  const portOf = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  if (itsPort !== undefined && itsPort !== portOf) return false;
  const domain = bare(name.toLowerCase().replace(/^\*?\./, ''));
  return host === domain || (isIP(host) === 0 && host.endsWith(`.${domain}`));
}

function isInNetwork(host: string, network: string): boolean {
  const [address = '', bits] = network.split('/');
  const family = isIP(address);
  if (family === 0 || family !== isIP(host)) return false;
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(address, Number(bits), kind);
  return list.check(host, kind);
}
