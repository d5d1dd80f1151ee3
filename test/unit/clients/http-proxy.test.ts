import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ask as askOnce } from '../../../src/clients/http.ts';
import { proxiesIn, proxyFor } from '../../../src/clients/http-proxy.ts';
import { isMillraceError, type MillraceError } from '../../../src/errors.ts';
import { egressProxy } from '../../support/egress-proxy.ts';
import { privateHostsIn } from '../../../src/private-hosts.ts';
import { redactionOf } from '../../../src/redaction/index.ts';
import { jsonVendor } from '../../support/json-vendor.ts';
import { waitUntil } from '../../support/wait-until.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const among = (variables: Record<string, string>) => (name: string) => variables[name];
const BOTH = { HTTPS_PROXY: 'http://secure.proxy:3128', HTTP_PROXY: 'plain.proxy' };

describe('the way to an address', () => {
  it.each([
    ['https://vendor.example/v1', {}, 'http://secure.proxy:3128'],
    ['http://vendor.example/v1', {}, 'http://plain.proxy:80'],
    ['https://vendor.example', { https_proxy: 'https://lower.proxy' }, 'https://lower.proxy:443'],
    ['https://vendor.example', { HTTPS_PROXY: '' }, undefined],
    ['https://[2001:db8::1]/', { HTTPS_PROXY: 'http://[2001:db8::2]:8080' }, 'http://[2001:db8::2]:8080'],
    // This machine
    ['http://localhost:8080', {}, undefined],
    ['http://api.localhost', {}, undefined],
    ['http://127.0.0.1:8080', {}, undefined],
    ['http://[::1]:8080', {}, undefined],
    // NO_PROXY
    ['https://vendor.example', { NO_PROXY: '*' }, undefined],
    ['https://vendor.example', { NO_PROXY: 'other.example, vendor.example' }, undefined],
    ['https://api.vendor.example', { NO_PROXY: 'vendor.example' }, undefined],
    ['https://api.vendor.example', { no_proxy: '.vendor.example' }, undefined],
    ['https://api.Vendor.example', { NO_PROXY: '*.VENDOR.example' }, undefined],
    ['https://myvendor.example', { NO_PROXY: 'vendor.example' }, 'http://secure.proxy:3128'],
    ['https://vendor.example:8443', { NO_PROXY: 'vendor.example:8443' }, undefined],
    ['https://vendor.example', { NO_PROXY: 'vendor.example:443' }, undefined],
    ['https://vendor.example', { NO_PROXY: 'vendor.example:8443' }, 'http://secure.proxy:3128'],
    ['https://10.1.2.3', { NO_PROXY: '10.1.2.3' }, undefined],
    ['https://10.1.2.3', { NO_PROXY: '192.168.0.0/16,10.0.0.0/8' }, undefined],
    ['https://11.1.2.3', { NO_PROXY: '10.0.0.0/8' }, 'http://secure.proxy:3128'],
    ['https://[fd00::1]', { NO_PROXY: 'fd00::/8' }, undefined],
  ])('%s with %j goes by %s', (url, variables, expected) => {
    expect(proxyFor(url, among({ ...BOTH, ...variables }))?.address).toBe(expected);
  });

  it('without a variable is direct', () => {
    expect(proxyFor('https://vendor.example', among({}))).toBeUndefined();
  });

  it.each(['socks5://proxy:1080', 'http://', 'http://me:canary@:x', '::'])(
    'by a proxy that cannot be read is an error without the value: %s',
    (value) => {
      let thrown: unknown;
      try {
        proxyFor('https://vendor.example', among({ HTTPS_PROXY: value }));
      } catch (error) {
        thrown = error;
      }
      expect(isMillraceError(thrown, 'CONFIG_INVALID')).toBe(true);
      expect((thrown as Error).message).toMatch(/^HTTPS_PROXY is not .*http:\/\/proxy\.example:3128/);
      expect((thrown as Error).message).not.toContain('canary');
    },
  );

  it.each([
    ['http://me:pa%2Fss@proxy', { username: 'me', password: 'pa/ss' }],
    ['http://me:100%@proxy', { username: 'me', password: '100%' }],
    ['http://proxy', undefined],
  ])('by %s is with the login %j', (value, auth) => {
    expect(proxyFor('https://vendor.example', among({ HTTPS_PROXY: value }))?.auth).toEqual(auth);
  });

  it('is told without logins', () => {
    const variables = { HTTPS_PROXY: 'http://me:canary@secure.proxy:3128', NO_PROXY: 'erp.internal' };
    expect(proxiesIn(among(variables))).toEqual({
      HTTPS_PROXY: 'http://secure.proxy:3128',
      NO_PROXY: 'erp.internal',
    });
    expect(proxiesIn(among({ NO_PROXY: 'erp.internal' }))).toBeUndefined();
  });
});

const redaction = redactionOf(['canary-1']);
const asking = (url: string, variables: Record<string, string>, timeoutMs = 2_000) => ({
  subject: "pull 'weather'",
  url,
  address: url,
  query: { from: 'x' },
  headers: { authorization: 'Bearer canary-1' },
  secrets: ['TOKEN'],
  redaction,
  quoted: redaction.text,
  timeoutMs,
  proxy: proxyFor(url, among(variables)),
  privateHosts: privateHostsIn(variables['MILLRACE_PRIVATE_HOSTS']),
});

async function refusal(...args: Parameters<typeof asking>): Promise<MillraceError> {
  const outcome: unknown = await askOnce(asking(...args)).catch((reason: unknown) => reason);
  if (isMillraceError(outcome)) return outcome;
  throw new Error(`it was to be refused with one of our codes, not ${String(outcome)}`);
}

describe('a request by way of a proxy', () => {
  it('in plain text has the whole address, and the login is for the proxy', async () => {
    const vendor = await jsonVendor(() => ({ items: [1] }));
    const proxy = await egressProxy(Number(new URL(vendor.url).port), 'me:pa/ss');
    closing.push(proxy.close, vendor.close);
    const login = { HTTP_PROXY: `http://me:pa%2Fss@127.0.0.1:${proxy.port}` };
    const { body } = await askOnce(asking('http://vendor.example/v1', login));
    expect(String(body.inMemory)).toBe('{"items":[1],"next":null}');
    expect(proxy.asked.map(({ line }) => line)).toEqual(['GET http://vendor.example/v1?from=x']);
    expect(proxy.asked[0]?.headers.host).toBe('vendor.example');
  });

  it('in cipher is a tunnel: the proxy sees the host alone', async () => {
    const proxy = await egressProxy(9, 'me:canary-2');
    closing.push(proxy.close);
    await refusal('https://vendor.example/v1', { HTTPS_PROXY: `http://me:canary-2@127.0.0.1:${proxy.port}` });
    expect(proxy.asked.map(({ line }) => line)).toEqual(['CONNECT vendor.example:443']);
    expect(proxy.asked[0]?.headers).not.toHaveProperty('authorization');
  });

  it.each(['http', 'https'])('whose login is missing says whose, over %s', async (scheme) => {
    const proxy = await egressProxy(9, 'me:right');
    closing.push(proxy.close);
    const address = `http://me:canary-2@127.0.0.1:${proxy.port}`;
    const error = await refusal(`${scheme}://vendor.example/v1`, {
      HTTP_PROXY: address,
      HTTPS_PROXY: address,
    });
    expect(error).toMatchObject({ code: 'HTTP_REFUSED', retryable: false });
    expect(error.message).toMatch(
      /\(by way of http:\/\/127\.0\.0\.1:\d+\) .*answered 407\. The proxy wants a login/,
    );
    expect(error.message).toMatch(new RegExp(`${scheme.toUpperCase()}_PROXY`));
    expect(JSON.stringify([error.message, error.context])).not.toContain('canary');
  });

  it('which lets no request to the host pass is told from the host', async () => {
    const proxy = createHttpServer().on('connect', (_request, socket) => {
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    closing.push(async () => proxy.close());
    const { port } = proxy.address() as AddressInfo;
    const error = await refusal('https://vendor.example/v1', { HTTPS_PROXY: `127.0.0.1:${port}` });
    expect(error).toMatchObject({ code: 'HTTP_REFUSED', retryable: false });
    expect(error.message).toMatch(/was not reached: the proxy answered 403\. Have it let/);
  });

  it('which hangs has the timeout, and is hung up on', async () => {
    let open = 0;
    const hanging = createServer((socket) => {
      open++;
      socket.on('error', () => undefined).on('close', () => open--);
      socket.resume();
    });
    hanging.listen(0, '127.0.0.1');
    await once(hanging, 'listening');
    closing.push(async () => hanging.close());
    const { port } = hanging.address() as AddressInfo;
    const error = await refusal(
      'https://vendor.example/v1',
      { HTTPS_PROXY: `http://127.0.0.1:${port}` },
      200,
    );
    expect(error).toMatchObject({ code: 'HTTP_UNREACHABLE', retryable: true });
    expect(error.message).toContain(`by way of http://127.0.0.1:${port}`);
    await waitUntil(() => open === 0, { timeoutMs: 1_000, everyMs: 5 });
  });

  describe('does not lead to what is not public', () => {
    const HOSTS = [
      ...[
        '127.0.0.1',
        '2130706433',
        '127.1',
        '0x7f.1',
        '10.0.0.1',
        '169.254.169.254',
        '100.64.0.1',
        '0.0.0.0',
      ],
      ...['[::1]', '[::ffff:10.0.0.1]', '[64:ff9b::a00:1]', '[2002:a00:1::]', '[fd00::1]', '127.0.0.1..'],
      ...['localhost', 'LOCALHOST', 'localhost.', 'api.localhost', 'api.localhost.'],
    ];

    it.each(HOSTS.flatMap((host) => [`http://${host}/v1`, `https://${host}/v1`]))('%s', async (url) => {
      const proxy = await egressProxy(9);
      closing.push(proxy.close);
      const address = { host: '127.0.0.1', port: proxy.port, protocol: 'http:' } as const;
      const asked = {
        ...asking(url, {}),
        proxy: { ...address, variable: 'HTTP_PROXY', address: `http://127.0.0.1:${proxy.port}` },
      };
      const error: unknown = await askOnce(asked).catch((reason: unknown) => reason);
      expect(isMillraceError(error, 'HTTP_HOST_PRIVATE')).toBe(true);
      expect(proxy.asked).toEqual([]);
    });

    it('unless it is allowed', async () => {
      const vendor = await jsonVendor(() => ({ items: [1] }));
      const proxy = await egressProxy(Number(new URL(vendor.url).port));
      closing.push(proxy.close, vendor.close);
      const variables = {
        HTTP_PROXY: `http://127.0.0.1:${proxy.port}`,
        MILLRACE_PRIVATE_HOSTS: '10.0.0.0/8',
      };
      await askOnce(asking('http://10.0.0.1/v1', variables));
      expect(proxy.asked.map(({ line }) => line)).toEqual(['GET http://10.0.0.1/v1?from=x']);
    });

    it('a name of the machine itself is said to be one', async () => {
      const error = await refusal('https://api.localhost./v1', { HTTPS_PROXY: 'http://127.0.0.1:9' });
      expect(error.message).toMatch(
        /by way of http:\/\/127\.0\.0\.1:9\) was not asked: api\.localhost is the machine itself, .*HOSTS=api\.localhost into/,
      );
    });
  });

  it('that is not there says so', async () => {
    const error = await refusal('https://vendor.example/v1', { HTTPS_PROXY: 'http://127.0.0.1:9' });
    expect(error).toMatchObject({ code: 'HTTP_UNREACHABLE', retryable: true });
    expect(error.message).toContain('(by way of http://127.0.0.1:9) did not answer');
  });
});
