import { expect, test } from 'vitest';
import { heldIn, shownAddress } from '../../../../src/sources/http/shown-address.ts';

const VALUES: Record<string, string> = {
  HOST_ALONE: 'https://api.example',
  WITH_SLASH: 'https://API.example:443/',
  WITH_PATH: 'https://api.example:8443/feed/Qm7xR2vT9pLk/v1',
  WITH_LOGIN: 'https://token-1234@api.example',
  WITH_QUERY: 'https://api.example?key=Qm7xR2vT9pLk',
  HOST: 'api.example',
  HOST_AND_PATH: 'api.example/Qm7xR2vT9pLk',
  TOKEN: 'Qm7xR2vT9pLk',
  BEGINNING: 'https://api',
  LOGIN: 'https://Qm7xR2vT9pLk',
  NONSENSE: 'Qm7xR2vT9pLk',
};
const valueOf = (name: string) => VALUES[name] ?? '';

test.each([
  // Without a setting
  ['https://api.example/v1/2026-01-05T00:00:00Z', 'https://api.example/v1/2026-01-05T00:00:00Z'],
  ['https://me:pass@api.example/v1?key=1#top', 'https://api.example/v1'],
  // No more than scheme and host in the setting
  ['{HOST_ALONE}/v1/rates', 'https://api.example/v1/rates'],
  ['{WITH_SLASH}v1/rates', 'https://api.example/v1/rates'],
  ['{HOST_ALONE}', 'https://api.example'],
  // More
  ['{WITH_PATH}/rates', '{WITH_PATH}/rates at https://api.example:8443'],
  ['{WITH_LOGIN}/rates', '{WITH_LOGIN}/rates at https://api.example'],
  ['{WITH_QUERY}&day=1', '{WITH_QUERY}&day=1 at https://api.example'],
  ['{HOST_ALONE}/{TOKEN}/rates?key=1', 'https://api.example/{TOKEN}/rates'],
  ['https://{HOST}/v1', 'https://{HOST}/v1 at https://api.example'],
  ['https://{HOST_AND_PATH}/v1', 'https://{HOST_AND_PATH}/v1 at https://api.example'],
  ['{BEGINNING}.example/v1', '{BEGINNING}.example/v1 at https://api.example'],
  ['{LOGIN}{TOKEN}@api.example', '{LOGIN}{TOKEN}@api.example at https://api.example'],
  ['{NONSENSE}/v1', '{NONSENSE}/v1'],
])('%s is shown as %s', (url, shown) => {
  expect(shownAddress(url, valueOf)).toBe(shown);
});

test('what a setting holds beyond its scheme and host is given piece by piece', () => {
  expect(heldIn('{WITH_PATH}/{TOKEN}/rates', valueOf)).toEqual([
    'feed',
    'Qm7xR2vT9pLk',
    'v1',
    'Qm7xR2vT9pLk',
  ]);
  expect(heldIn('{HOST_ALONE}/rates', valueOf)).toEqual([]);
  expect(heldIn('{WITH_QUERY}', valueOf)).toEqual(['key', 'Qm7xR2vT9pLk']);
});
