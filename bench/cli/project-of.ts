import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Writes a project with so many pulls, two to a file, that uses the millrace of a folder. */
export function writeProject(dir: string, millrace: string, definitions: number): void {
  mkdirSync(path.join(dir, 'pipelines'), { recursive: true });
  mkdirSync(path.join(dir, 'node_modules'), { recursive: true });
  symlinkSync(millrace, path.join(dir, 'node_modules', 'millrace'));
  const manifest = { name: 'measured', type: 'module', dependencies: { millrace: '*' } };
  writeFileSync(path.join(dir, 'package.json'), JSON.stringify(manifest));
  for (let file = 0; file < definitions / 2; file++) {
    const text = [2 * file, 2 * file + 1].map(pullText).join('\n');
    const imports = "import { every, pull, z } from 'millrace';\n";
    writeFileSync(path.join(dir, 'pipelines', `source_${file}.ts`), `${imports}${text}`);
  }
}

function pullText(number: number): string {
  return `export const rates${number} = pull('rates_${number}', {
  every: every.hour(),
  time: 'hour',
  key: ['hour', 'currency'],
  http: {
    url: 'https://vendor.example/v1/rates',
    query: { from: '{start}', to: '{end}' },
    records: 'items',
    pages: { kind: 'cursor', param: 'after', from: 'next' },
  },
  row: z.object({ hour: z.iso.datetime(), currency: z.string(), euros: z.number().nullable() }),
});
`;
}
