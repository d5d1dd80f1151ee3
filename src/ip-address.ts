import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** An address of IPv4 or IPv6. */
export type IpAddress = ipaddr.IPv4 | ipaddr.IPv6;

/** An IPv6 address without its brackets; any other host as it is. */
export function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}

/**
 * The address that a host is, in brackets or without. IPv4 that is mapped into IPv6 (`::ffff:10.0.0.1`) is that IPv4.
 * @returns undefined: the host is a name
 */
export function ipAddressOf(host: string): IpAddress | undefined {
  const text = bare(host);
  // ipaddr.js alone would take `127.1` and `1`, too, which are names where nobody has normalised them.
  return isIP(text) === 0 ? undefined : ipaddr.process(text);
}

/** A network as an address and the bits of its prefix: `10.0.0.0/8`. @returns undefined: it is none */
export function networkOf(text: string): IpNetwork | undefined {
  const [, host = '', bits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const address = ipAddressOf(host);
  // What is mapped is held against networks as IPv4: the network of it would match nothing.
  if (address === undefined || address.kind() !== `ipv${isIP(bare(host))}`) return undefined;
  return Number(bits) <= BITS[address.kind()] ? { address, bits: Number(bits) } : undefined;
}

/** All addresses that begin with the same bits. */
export interface IpNetwork {
  address: IpAddress;
  bits: number;
}

const BITS = { ipv4: 32, ipv6: 128 } as const;

/** Does the network hold the address? One of the other version of IP is in none. */
export function holds({ address: network, bits }: IpNetwork, address: IpAddress): boolean {
  return network.kind() === address.kind() && address.match(network, bits);
}

/**
 * What kind of address it is, in words, where it is not one that anybody on the internet could have:
 * `a loopback address`.
 * @returns undefined: it is public and of one machine
 */
export function kindUnlessPublic(address: IpAddress): string | undefined {
  const range: string = address.range();
  if (range !== 'unicast') return KINDS[range] ?? RESERVED;
  // ipaddr.js calls unicast whatever of IPv6 is in no list of its own: `::7f00:1` too, which is IPv4 in an old form.
  return address.kind() === 'ipv4' || holds(GIVEN_OUT, address) ? undefined : RESERVED;
}

/** What of IPv6 is given out as public addresses (RFC 4291 §2.4, the registry of IANA). */
const GIVEN_OUT: IpNetwork = { address: ipaddr.parse('2000::'), bits: 3 };

const RESERVED = 'a reserved address';

/** By the range that ipaddr.js names. */
const KINDS: Readonly<Record<string, string>> = {
  loopback: 'a loopback address',
  private: 'a private address',
  linkLocal: 'a link-local address',
  uniqueLocal: 'a unique local address',
  deprecatedSiteLocal: 'a site-local address',
  carrierGradeNat: 'an address of carrier-grade NAT',
  multicast: 'a multicast address',
  broadcast: 'the broadcast address',
  unspecified: 'an unspecified address',
  rfc6052: 'an IPv4 address behind NAT64',
  rfc6145: 'a translated IPv4 address',
  '6to4': 'an IPv4 address in 6to4',
  teredo: 'an IPv4 address in Teredo',
};
