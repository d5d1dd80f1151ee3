import { describe, expect, it } from 'vitest';
import { isMillraceError } from '../../src/errors.ts';
import { ipAddressOf } from '../../src/ip-address.ts';
import {
  destinationOf,
  isInNetwork,
  isNamed,
  privateHostsIn,
  privateHostsProblem,
} from '../../src/private-hosts.ts';

/** Is the host of an address allowed by its name, or by its address? */
function isAllowed(setting: string, url: string): boolean {
  const destination = destinationOf(url);
  if (destination === undefined) throw new Error(`${url} is no address`);
  const allowed = privateHostsIn(setting);
  const address = ipAddressOf(destination.host);
  return isNamed(destination, allowed) || (address !== undefined && isInNetwork(address, allowed));
}

describe('what is listed is allowed', () => {
  it.each([
    // Names
    ['erp.internal', 'http://erp.internal/v1'],
    ['erp.internal', 'https://ERP.Internal:8443/v1'],
    ['ERP.Internal.', 'http://erp.internal'],
    ['erp.internal', 'http://erp.internal./v1'],
    ['other,  erp.internal', 'http://erp.internal'],
    ['other erp.internal', 'http://erp.internal'],
    ['other,\nerp.internal,', 'http://erp.internal'],
    ['bücher.internal', 'http://xn--bcher-kva.internal'],
    ['erp_1.internal', 'http://erp_1.internal'],
    ['localhost', 'http://localhost:8080'],
    // With a port
    ['erp.internal:8080', 'http://erp.internal:8080/v1'],
    ['erp.internal:443', 'https://erp.internal/v1'],
    ['erp.internal:80', 'http://erp.internal/v1'],
    ['[::1]:8080', 'http://[::1]:8080'],
    ['*.corp.example:8080', 'http://a.corp.example:8080'],
    // What is below a name
    ['*.corp.example', 'http://erp.corp.example'],
    ['*.corp.example', 'http://a.b.corp.example'],
    ['*.Corp.Example', 'http://erp.corp.example.'],
    // Addresses, in any spelling
    ['127.0.0.1', 'http://127.0.0.1:9'],
    ['127.0.0.1', 'http://2130706433'],
    ['127.0.0.1', 'http://[::ffff:127.0.0.1]'],
    ['::ffff:127.0.0.1', 'http://127.0.0.1'],
    ['127.1', 'http://127.0.0.1'],
    ['::1', 'http://[::1]'],
    ['[::1]', 'http://[0:0:0:0:0:0:0:1]'],
    ['FD00::A', 'http://[fd00::a]'],
    // Networks
    ['10.0.0.0/8', 'http://10.1.2.3'],
    ['10.9.9.9/8', 'http://10.1.2.3'],
    ['10.1.2.3/32', 'http://10.1.2.3'],
    ['0.0.0.0/0', 'http://192.168.1.1'],
    ['10.0.0.0/8', 'http://[::ffff:10.1.2.3]'],
    ['fd00::/8', 'http://[fd12::1]'],
    ['64:ff9b::/96', 'http://[64:ff9b::a00:1]'],
  ])('%j allows %s', (setting, url) => {
    expect(isAllowed(setting, url)).toBe(true);
  });
});

describe('what is not listed is not allowed', () => {
  it.each([
    ['', 'http://erp.internal'],
    [' , ', 'http://erp.internal'],
    ['erp.internal', 'http://internal'],
    ['erp.internal', 'http://my.erp.internal'],
    ['erp.internal', 'http://myerp.internal'],
    ['erp.internal', 'http://erp.internal.evil.example'],
    ['erp.internal', 'http://erp.internal@10.0.0.1'],
    ['erp.internal:8080', 'http://erp.internal:8081'],
    ['erp.internal:8080', 'http://erp.internal'],
    ['erp.internal:80', 'https://erp.internal'],
    ['[::1]:8080', 'http://[::1]:8081'],
    ['*.corp.example', 'http://corp.example'],
    ['*.corp.example', 'http://mycorp.example'],
    ['127.0.0.1', 'http://127.0.0.2'],
    ['127.0.0.1', 'http://localhost'],
    ['localhost', 'http://127.0.0.1'],
    ['10.0.0.0/8', 'http://11.0.0.1'],
    ['10.1.2.3/32', 'http://10.1.2.4'],
    ['0.0.0.0/0', 'http://[fd00::1]'],
    ['::/0', 'http://10.0.0.1'],
    ['10.0.0.0/8', 'http://ten.internal'],
  ])('%j does not allow %s', (setting, url) => {
    expect(isAllowed(setting, url)).toBe(false);
  });
});

describe('a list that cannot be read', () => {
  it.each([
    'http://erp.internal',
    'erp.internal/v1',
    'erp.internal:',
    'erp.internal:0',
    'erp.internal:99999',
    'erp.internal:http',
    'me@erp.internal',
    'erp.internal?x',
    'erp.internal#x',
    'erp.internal\\x',
    '*',
    '*.',
    'erp.*',
    '*.10.0.0.1',
    '**.corp.example',
    '.',
    ':8080',
    '[::1',
    '[::g]',
    '::g',
    '256.0.0.1',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0/8',
    '10.0.0.0/8/8',
    '10.0.0.0/x',
    'fd00::/129',
    '::ffff:10.0.0.0/104',
    'erp.internal/24',
    'erp;crm',
    '%31.internal',
  ])('is malformed for its entry %s, which is named', (entry) => {
    expect(privateHostsProblem(`erp.internal, ${entry}`)).toContain(`holds '${entry}', which is`);
    let thrown: unknown;
    try {
      privateHostsIn(`erp.internal ${entry}`);
    } catch (error) {
      thrown = error;
    }
    expect(isMillraceError(thrown, 'CONFIG_INVALID') && thrown.message).toMatch(
      /^MILLRACE_PRIVATE_HOSTS holds .*neither a host nor a network; write .*erp\.internal.*10\.0\.0\.0\/8\.$/,
    );
  });

  it('is told from one that is well', () => {
    expect(privateHostsProblem('erp.internal, *.corp.example:8080 [::1] ::1 10.0.0.0/8')).toBeUndefined();
  });
});
