import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { PACKAGE_DIR } from '../../src/package.ts';
import { referencePage } from './page.ts';

writeFileSync(path.join(PACKAGE_DIR, 'docs', 'reference.md'), referencePage());
