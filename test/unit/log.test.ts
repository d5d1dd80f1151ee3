import { expect, it } from 'vitest';
import { createLog } from '../../src/log.ts';
import { redactionOf } from '../../src/redaction/index.ts';

it('no secret is in a line, whoever writes it and wherever it stands there', () => {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const log = createLog({ logLevel: 'info', env: 't' }, 'test', redactionOf(['\\of"kafka']), destination);
  log
    .child({ of: 'a \\of"kafka' })
    .warn({ error: 'GET /?key=%5Cof%22kafka', deep: [{ n: 1 }] }, 'no \\of"kafka');
  log.debug('is not written');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    {
      level: 40,
      time: expect.stringMatching(/^2/) as string,
      env: 't',
      name: 'test',
      of: 'a ***',
      error: 'GET /?key=***',
      deep: [{ n: 1 }],
      msg: 'no ***',
    },
  ]);
  expect(lines[0]).toMatch(/\}\n$/);
});
