import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { PACKAGE_DIR } from '../../src/package.ts';
import { NODE_VERSIONS } from '../support/nodes.ts';

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

it('the built workflows name their files as they lie in the package, and nothing of this machine', () => {
  const code = readFileSync(path.join(PACKAGE_DIR, 'dist', 'workflows.js'), 'utf8');
  const [, encoded = ''] = /\n\/\/# sourceMappingURL=data:[^,]*;base64,(\S+)\s*$/.exec(code) ?? [];
  const { sources } = JSON.parse(Buffer.from(encoded, 'base64').toString()) as { sources: string[] };
  expect(sources).toContain('src/workflows/refresh.ts');
  expect(sources.filter((source) => source.includes(PACKAGE_DIR))).toEqual([]);
  expect(code.indexOf(PACKAGE_DIR)).toBe(-1);
});

it('the package says of itself the oldest Node on which it is tested', () => {
  const [oldest] = NODE_VERSIONS;
  expect(`${packageJson.engines.node}.0`).toBe(`>=${oldest}`);
});
