import { once } from 'node:events';
import { createServer, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ask } from '../../../src/clients/http.ts';
import {
  guardedLookup,
  PrivateHost,
  refusePrivate,
  type HostAddress,
  type Search,
} from '../../../src/clients/http-hosts.ts';
import type { HttpRequest } from '../../../src/clients/http-request.ts';
import { isMillraceError, type MillraceError } from '../../../src/errors.ts';
import { privateHostsIn } from '../../../src/private-hosts.ts';
import { redactionOf } from '../../../src/redaction/index.ts';

let server: Server;
let port: number;
let connections = 0;
let requests = 0;

beforeAll(async () => {
  server = createServer((_request, response) => {
    requests++;
    response.end('{}');
  }).on('connection', () => connections++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});
beforeEach(() => {
  connections = 0;
  requests = 0;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

/** @param setting what MILLRACE_PRIVATE_HOSTS holds */
function request(url: string, setting = '', more: Partial<HttpRequest> = {}): HttpRequest {
  const redaction = redactionOf([]);
  return {
    subject: "pull 'orders'",
    url,
    address: url,
    query: { from: 'x' },
    headers: { authorization: 'Bearer canary' },
    secrets: ['TOKEN'],
    redaction,
    quoted: redaction.text,
    timeoutMs: 5_000,
    privateHosts: privateHostsIn(setting),
    ...more,
  };
}

async function refusal(asked: HttpRequest): Promise<MillraceError> {
  const outcome: unknown = await ask(asked).catch((error: unknown) => error);
  if (isMillraceError(outcome)) return outcome;
  throw new Error(`it was to be refused with one of our codes, not ${JSON.stringify(outcome)}`);
}

/** With the port of a server that listens there, so that one which is asked is seen. */
describe('this machine is not asked, however it is spelt', () => {
  it.each([
    ['the usual form', '127.0.0.1'],
    ['another address of the network', '127.8.9.10'],
    ['decimal', '2130706433'],
    ['octal', '0177.0.0.1'],
    ['octal with zeros before it', '0000177.0.0.01'],
    ['octal, whole', '017700000001'],
    ['hex', '0x7f.0.0.1'],
    ['hex, whole', '0x7f000001'],
    ['hex in upper case', '0X7F.0X0.0X0.0X1'],
    ['mixed', '0x7f.0.1'],
    ['two parts', '127.1'],
    ['three parts', '127.0.1'],
    ['a dot at its end', '127.0.0.1.'],
    ['two dots at its end', '127.0.0.1..'],
    ['full-width digits', '１２７.０.０.１'],
    ['circled digits', '①②⑦.0.0.1'],
    ['full-width dots', '127。0．0｡1'],
    ['percent escapes', '%31%32%37%2e0%2e0%2e1'],
    ['a soft hyphen', '127.0.0\u00AD.1'],
    ['a tab', '127.0.\t0.1'],
    ['none', '0.0.0.0'],
    ['none, short', '0'],
    ['behind a user', 'api.vendor.example@127.0.0.1'],
    ['behind a user and a password', 'api.vendor.example:443@127.0.0.1'],
    ['behind two users', 'me@1.1.1.1@127.0.0.1'],
    ['IPv6', '[::1]'],
    ['IPv6 in full', '[0000:0000:0000:0000:0000:0000:0000:0001]'],
    ['IPv6, none', '[::]'],
    ['mapped', '[::ffff:127.0.0.1]'],
    ['mapped, in hex', '[::ffff:7f00:1]'],
    ['mapped, in upper case', '[::FFFF:7F00:0001]'],
    ['mapped, in full', '[0:0:0:0:0:ffff:127.0.0.1]'],
    ['compatible', '[::127.0.0.1]'],
    ['compatible, in hex', '[::7f00:1]'],
    ['translated', '[::ffff:0:127.0.0.1]'],
    ['NAT64', '[64:ff9b::127.0.0.1]'],
    ['NAT64, in hex', '[64:ff9b::7f00:1]'],
    ['NAT64 of a network of its own', '[64:ff9b:1::7f00:1]'],
    ['6to4', '[2002:7f00:1::]'],
    ['6to4 with a host', '[2002:7f00:1::1]'],
    ['Teredo', '[2001:0:7f00:1::80ff:fffe]'],
    ['its name', 'localhost'],
    ['its name in upper case', 'LOCALHOST'],
    ['its name in circled letters', 'ⓛⓞⓒⓐⓛⓗⓞⓢⓣ'],
    ['its name with an escape', 'l%6Fcalhost'],
    ['its name behind a user', 'api.vendor.example@localhost'],
  ])('%s: %s', async (_what, host) => {
    expect(await refusal(request(`http://${host}:${port}/v1`))).toMatchObject({
      code: 'HTTP_HOST_PRIVATE',
      retryable: false,
    });
    expect(await refusal(request(`https://${host}:${port}/v1`))).toMatchObject({ code: 'HTTP_HOST_PRIVATE' });
    expect({ connections, requests }).toEqual({ connections: 0, requests: 0 });
  });

  it.each([
    'localhost.',
    '[fe80::1%25lo]',
    '[::1%25lo]',
    '[::1%lo]',
    '127.0.0.1%00',
    '[127.0.0.1]',
    '127.0.0.1 ',
    '256.0.0.1',
  ])('what no request can be sent to sends none: %s', async (host) => {
    const { code } = await refusal(request(`http://${host}:${port}/v1`));
    expect(code).toMatch(/^HTTP_/);
    expect({ connections, requests }).toEqual({ connections: 0, requests: 0 });
  });

  it('a token is not asked for either: a form, a body', async () => {
    const url = `http://127.0.0.1:${port}/token`;
    for (const body of [{ form: { client_secret: 'canary' } }, { json: { password: 'canary' } }]) {
      expect(await refusal(request(url, '', body))).toMatchObject({ code: 'HTTP_HOST_PRIVATE' });
    }
    expect({ connections, requests }).toEqual({ connections: 0, requests: 0 });
  });
});

describe('addresses that are not public', () => {
  const kindOf = (host: string) => {
    try {
      refusePrivate(`http://${host}/`, privateHostsIn(''), false);
    } catch (error) {
      if (error instanceof PrivateHost) return error.kind;
      throw error;
    }
    return 'public';
  };

  it.each([
    ['10.0.0.1', 'a private address'],
    ['172.16.0.1', 'a private address'],
    ['172.31.255.255', 'a private address'],
    ['192.168.1.1', 'a private address'],
    ['169.254.169.254', 'a link-local address'],
    ['100.64.0.1', 'an address of carrier-grade NAT'],
    ['100.127.255.255', 'an address of carrier-grade NAT'],
    ['224.0.0.1', 'a multicast address'],
    ['239.255.255.255', 'a multicast address'],
    ['255.255.255.255', 'the broadcast address'],
    ['0.0.0.0', 'an unspecified address'],
    ['0.1.2.3', 'an unspecified address'],
    ['127.0.0.1', 'a loopback address'],
    ['192.0.0.1', 'a reserved address'],
    ['192.0.2.1', 'a reserved address'],
    ['192.88.99.1', 'a reserved address'],
    ['198.18.0.1', 'a reserved address'],
    ['198.51.100.1', 'a reserved address'],
    ['203.0.113.1', 'a reserved address'],
    ['240.0.0.1', 'a reserved address'],
    ['[::]', 'an unspecified address'],
    ['[::1]', 'a loopback address'],
    ['[fe80::1]', 'a link-local address'],
    ['[febf::1]', 'a link-local address'],
    ['[fec0::1]', 'a site-local address'],
    ['[fc00::1]', 'a unique local address'],
    ['[fdff::1]', 'a unique local address'],
    ['[fd00:ec2::254]', 'a unique local address'],
    ['[ff02::1]', 'a multicast address'],
    ['[2001:db8::1]', 'a reserved address'],
    ['[3fff::1]', 'a reserved address'],
    ['[100::1]', 'a reserved address'],
    ['[100:0:0:1::1]', 'a reserved address'],
    ['[5f00::1]', 'a reserved address'],
    ['[4000::1]', 'a reserved address'],
    ['[::a00:1]', 'a reserved address'],
    ['[::ffff:10.0.0.1]', 'a private address'],
    ['[::ffff:a9fe:a9fe]', 'a link-local address'],
    ['[::ffff:0:10.0.0.1]', 'a translated IPv4 address'],
    ['[64:ff9b::a00:1]', 'an IPv4 address behind NAT64'],
    ['[2002:a00:1::]', 'an IPv4 address in 6to4'],
    ['[2001:0:a00:1::1]', 'an IPv4 address in Teredo'],
  ])('%s is %s', (host, kind) => {
    expect(kindOf(host)).toBe(kind);
  });

  it.each([
    '1.1.1.1',
    '9.255.255.255',
    '11.0.0.1',
    '100.63.255.255',
    '100.128.0.1',
    '172.15.255.255',
    '172.32.0.1',
    '192.167.255.255',
    '223.255.255.255',
    '[::ffff:1.1.1.1]',
    '[2606:4700:4700::1111]',
    '[2a00::1]',
    'vendor.example',
    'localhost.vendor.example',
    '127.0.0.1.vendor.example',
  ])('%s may be asked', (host) => {
    expect(kindOf(host)).toBe('public');
  });
});

/** A search that finds these addresses, whatever is searched for. */
function finding(...addresses: string[]): Search {
  return (_host, _options, found) =>
    found(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
}

/** What a socket is told that asks for the host of an address. */
function found(url: string, setting: string, search: Search): Promise<HostAddress[]> {
  return new Promise((resolve, reject) => {
    const { hostname } = new URL(url);
    guardedLookup(url, privateHostsIn(setting), search)(hostname, {}, (error, addresses) => {
      if (error === null) resolve(addresses);
      else reject(error);
    });
  });
}

describe('a name', () => {
  const NAME = 'https://api.vendor.example/v1';

  it('with public addresses is asked, at all of them', async () => {
    expect(await found(NAME, '', finding('1.1.1.1', '2606:4700::1111'))).toEqual([
      { address: '1.1.1.1', family: 4 },
      { address: '2606:4700::1111', family: 6 },
    ]);
  });

  it.each([
    ['a private one', ['10.0.0.1'], '10.0.0.1'],
    ['a public and a private one', ['1.1.1.1', '10.0.0.1'], '10.0.0.1'],
    ['a private one in the middle', ['1.1.1.1', '169.254.169.254', '2606:4700::1111'], '169.254.169.254'],
    ['a public one and that of the machine', ['2606:4700::1111', '::1'], '::1'],
    ['a mapped one', ['::ffff:10.0.0.1'], '::ffff:10.0.0.1'],
    ['one with a zone', ['fe80::1%eth0'], 'fe80::1%eth0'],
    ['one behind NAT64', ['64:ff9b::a00:1'], '64:ff9b::a00:1'],
    ['what is no address', ['1.1.1.1', 'vendor'], 'vendor'],
  ])('with %s is refused', async (_what, addresses, address) => {
    await expect(found(NAME, '', finding(...addresses))).rejects.toMatchObject({
      host: 'api.vendor.example',
      address,
    });
  });

  it.each([
    ['by its name', 'api.vendor.example', ['10.0.0.1', '::1']],
    ['by the name above it', '*.vendor.example', ['10.0.0.1']],
    ['with its port', 'api.vendor.example:443', ['10.0.0.1']],
    ['by the network of its addresses', '10.0.0.0/8', ['10.0.0.1', '10.2.0.1', '1.1.1.1']],
    ['by two networks', '10.0.0.0/8 fd00::/8', ['10.0.0.1', 'fd00::1']],
  ])('that is allowed %s is asked', async (_what, setting, addresses) => {
    const asked = await found(NAME, setting, finding(...addresses));
    expect(asked.map(({ address }) => address)).toEqual(addresses);
  });

  it.each([
    ['another port', 'api.vendor.example:8443', ['10.0.0.1']],
    ['one of its networks', '10.0.0.0/8', ['10.0.0.1', '192.168.0.1']],
    ['an address alone, which is meant as the address of a definition', '10.0.0.1', ['10.0.0.1']],
    ['what is below it', '*.api.vendor.example', ['10.0.0.1']],
  ])('is refused where %s is allowed', async (_what, setting, addresses) => {
    await expect(found(NAME, setting, finding(...addresses))).rejects.toBeInstanceOf(PrivateHost);
  });

  it('that is not found fails as it always did', async () => {
    const failing: Search = (_host, _options, told) => told(new Error('ENOTFOUND'), []);
    await expect(found(NAME, '', failing)).rejects.toThrow('ENOTFOUND');
  });

  it('is searched for with all its addresses, whatever the socket asks for', () => {
    let asked: object = {};
    const search: Search = (_host, options) => (asked = options);
    guardedLookup(NAME, privateHostsIn(''), search)(
      'api.vendor.example',
      { all: false, hints: 32 },
      () => undefined,
    );
    expect(asked).toEqual({ all: true, hints: 32 });
  });
});

describe('what is allowed is asked', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['127.0.0.0/8', '127.0.0.1'],
    ['127.0.0.0/8 ::1/128', 'localhost'],
    ['localhost', 'localhost'],
    ['LOCALHOST.', 'LocalHost'],
    ['127.0.0.1', '2130706433'],
  ])('%s allows %s', async (setting, host) => {
    const { status } = await ask(request(`http://${host}:${port}/v1`, setting));
    expect({ status, requests }).toEqual({ status: 200, requests: 1 });
  });

  it('an entry with a port allows that alone', async () => {
    await ask(request(`http://127.0.0.1:${port}`, `127.0.0.1:${port}`));
    expect(await refusal(request(`http://127.0.0.1:${port}`, `127.0.0.1:${port - 1}`))).toMatchObject({
      code: 'HTTP_HOST_PRIVATE',
    });
    expect(requests).toBe(1);
  });
});

it('what is allowed leads nowhere else: a redirect is not followed', async () => {
  let asked = 0;
  const other = createServer((_request, response) => void response.end('{}')).on('connection', () => asked++);
  const redirecting = createServer((_request, response) => {
    const { port: to } = other.address() as AddressInfo;
    response.writeHead(307, { location: `http://127.0.0.1:${to}/` }).end();
  });
  other.listen(0, '127.0.0.1');
  redirecting.listen(0, '127.0.0.1');
  await Promise.all([once(other, 'listening'), once(redirecting, 'listening')]);
  const { port: from } = redirecting.address() as AddressInfo;
  const { code } = await refusal(request(`http://127.0.0.1:${from}`, '127.0.0.1'));
  redirecting.closeAllConnections();
  redirecting.close();
  other.close();
  expect({ code, asked }).toEqual({ code: 'HTTP_REFUSED', asked: 0 });
});

describe('a connection that is open', () => {
  it('is used again while the setting stays', async () => {
    const asked = request(`http://localhost:${port}`, 'localhost, again.internal');
    await ask(asked);
    await ask(asked);
    expect({ connections, requests }).toEqual({ connections: 1, requests: 2 });
  });

  it('is not used any more where the setting was taken back', async () => {
    await ask(request(`http://localhost:${port}`, 'localhost'));
    expect(await refusal(request(`http://localhost:${port}`))).toMatchObject({ code: 'HTTP_HOST_PRIVATE' });
    expect(requests).toBe(1);
  });

  it('by another client of this process is not used', async () => {
    const response = await new Promise<NodeJS.ReadableStream>((resolve) => {
      get(`http://localhost:${port}`, resolve);
    });
    response.resume();
    await once(response, 'end');
    expect(await refusal(request(`http://localhost:${port}`))).toMatchObject({ code: 'HTTP_HOST_PRIVATE' });
    expect(requests).toBe(1);
  });
});

describe('the refusal', () => {
  it.each([
    [
      'http://10.1.2.3:8080/v1',
      '',
      "pull 'orders': http://10.1.2.3:8080/v1 was not asked: 10.1.2.3 is a private address, and pulls ask public addresses alone. If it is meant, put MILLRACE_PRIVATE_HOSTS=10.1.2.3 into .env beside the worker (no restart), then run the interval again.",
    ],
    [
      'http://[::1]/v1',
      '',
      "pull 'orders': http://[::1]/v1 was not asked: ::1 is a loopback address, and pulls ask public addresses alone. If it is meant, put MILLRACE_PRIVATE_HOSTS=[::1] into .env beside the worker (no restart), then run the interval again.",
    ],
    [
      'http://10.1.2.3/v1',
      'erp.internal *.corp.example',
      "pull 'orders': http://10.1.2.3/v1 was not asked: 10.1.2.3 is a private address, and pulls ask public addresses alone. If it is meant, put MILLRACE_PRIVATE_HOSTS=erp.internal,*.corp.example,10.1.2.3, which adds 10.1.2.3 to what is allowed now, into .env beside the worker (no restart), then run the interval again.",
    ],
  ])('of %s where %j is allowed can be pasted from', async (url, setting, message) => {
    expect((await refusal(request(url, setting))).message).toBe(message);
  });

  it('of a name says at which address it is', async () => {
    const error = await refusal(request(`http://localhost:${port}/v1`));
    expect(error.message).toMatch(
      /not asked: localhost is at (127\.0\.0\.1|::1), a loopback address, .*MILLRACE_PRIVATE_HOSTS=localhost into \.env/,
    );
    expect(error.context).toMatchObject({ host: 'localhost', kind: 'a loopback address' });
    expect(error.message + JSON.stringify(error.context)).not.toContain('canary');
  });
});
