import { cacheDir } from '../../stack/cache.ts';
import { ensurePackages } from '../../stack/debian.ts';
import { processVariables } from '../../src/config.ts';
import { NODE_VERSIONS, nodeProgram } from './nodes.ts';

const report = (line: string) => process.stderr.write(`${line}\n`);

/** What only the tests need: of Debian a browser, and a Kafka client that nobody here wrote; of npm other Nodes. */
await ensurePackages(cacheDir(processVariables()), ['chromium', 'kcat'], report);
for (const version of NODE_VERSIONS) await nodeProgram(version, report);
