import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { PACKAGE_DIR } from '../../src/package.ts';

/** The words by which the demo is known. */
const DEMO = /\b(weather|airlines?|flights?|demo)\b/i;

it.each(['src', 'stack'])('nothing in %s knows the demo', (folder) => {
  const dir = path.join(PACKAGE_DIR, folder);
  const files = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  expect(files.length).toBeGreaterThan(20);
  const found = files.flatMap((file) =>
    readFileSync(path.join(dir, file), 'utf8')
      .split('\n')
      .filter((line) => DEMO.test(line))
      .map((line) => `${file}: ${line}`),
  );
  expect(found).toEqual([]);
});
