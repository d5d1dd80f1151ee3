import { lookup as lookUp, type LookupAllOptions } from 'node:dns';
import { Agent, type AgentOptions } from 'node:http';
import { Agent as AgentInCipher } from 'node:https';
import { ipAddressOf, kindUnlessPublic } from '../ip-address.ts';
import { destinationOf, isInNetwork, isNamed, type PrivateHosts } from '../private-hosts.ts';

/** A host is not asked: an address of it is not public, and nobody has allowed it. */
export class PrivateHost extends Error {
  readonly host: string;
  /** undefined: whoever looks the name up is not we. */
  readonly address: string | undefined;
  /** In words: `a loopback address`. */
  readonly kind: string;

  constructor(host: string, address: string | undefined, kind: string) {
    super(`${host} is not public`);
    this.host = host;
    this.address = address;
    this.kind = kind;
  }
}

/**
 * Refuses an address whose host needs no search: an IP address, which Node never looks up, and, by way of a proxy, a name
 * of the machine itself. Any other name is checked when it is found: here by {@link guardedLookup}, there by the proxy.
 * @throws PrivateHost
 */
export function refusePrivate(url: string, allowed: PrivateHosts, isByProxy: boolean): void {
  const destination = destinationOf(url);
  if (destination === undefined || isNamed(destination, allowed)) return;
  const { host } = destination;
  const address = ipAddressOf(host);
  if (address === undefined) {
    if (isByProxy && isOfTheMachine(host)) throw new PrivateHost(host, undefined, 'the machine itself');
    return;
  }
  const kind = kindUnlessPublic(address);
  if (kind !== undefined && !isInNetwork(address, allowed)) throw new PrivateHost(host, host, kind);
}

/** One address of a host. */
export interface HostAddress {
  address: string;
  family: 4 | 6;
}

/** Told all addresses of a host, or why there are none. */
type Found = (error: Error | null, addresses: HostAddress[]) => void;

/** A search for all addresses of a host, such as that of `node:dns`. */
export type Search = (host: string, options: LookupAllOptions, found: Found) => void;

/** The same as a socket calls it: whatever it asks for, it is told all addresses. axios gives it as many as it takes. */
export type GuardedLookup = (host: string, options: object, found: Found) => void;

/**
 * The search for the host of an address that finds public addresses alone, for the socket that asks it: nobody looks the
 * name up a second time between the check and the connection. One address that is not allowed refuses them all, because
 * a next search may give them in another order.
 * @param search tests give one of their own
 */
export function guardedLookup(url: string, allowed: PrivateHosts, search = lookUp as Search): GuardedLookup {
  const destination = destinationOf(url);
  const isFree = destination !== undefined && isNamed(destination, allowed);
  return (host, options, found) => {
    search(host, { ...options, all: true }, (error, addresses) => {
      const refusal = error === null && !isFree ? refusalOf(host, addresses, allowed) : undefined;
      found(refusal ?? error, addresses);
    });
  };
}

function refusalOf(
  host: string,
  addresses: readonly HostAddress[],
  allowed: PrivateHosts,
): PrivateHost | undefined {
  for (const { address: text } of addresses) {
    const address = ipAddressOf(text);
    const kind = address === undefined ? 'no IP address' : kindUnlessPublic(address);
    if (kind === undefined || (address !== undefined && isInNetwork(address, allowed))) continue;
    return new PrivateHost(host.replace(/\.+$/, ''), text, kind);
  }
  return undefined;
}

/** The refusal that a failure of a request came from; undefined: it failed for another reason. */
export function privateHostIn(error: unknown): PrivateHost | undefined {
  if (error instanceof PrivateHost) return error;
  return error instanceof Error ? privateHostIn(error.cause) : undefined;
}

/** What keeps the connections of requests open for the next ones. */
export interface Agents {
  httpAgent: Agent;
  httpsAgent: AgentInCipher;
}

/**
 * The connections that may be used again under what is allowed now. One that is open already is used without a search: so
 * Node's own agent, which every client of this process shares, would lead a pull to whatever another client has reached.
 */
export function agentsFor({ entries }: PrivateHosts): Agents {
  const allowed = entries.join(',');
  if (kept?.allowed !== allowed) {
    const agents = { httpAgent: new Agent(KEPT_OPEN), httpsAgent: new AgentInCipher(KEPT_OPEN) };
    kept = { allowed, agents };
  }
  return kept.agents;
}

/** As Node's own agent has them. */
const KEPT_OPEN: AgentOptions = { keepAlive: true, scheduling: 'lifo', timeout: 5_000 };

let kept: { allowed: string; agents: Agents } | undefined;

/** Is it a name that every machine has for itself (RFC 6761 §6.3)? */
function isOfTheMachine(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost');
}
