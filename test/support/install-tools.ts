import { cacheDir } from '../../stack/cache.ts';
import { ensurePackages } from '../../stack/debian.ts';
import { processVariables } from '../../src/config.ts';

/** What only the tests need of Debian: a browser, and a Kafka client that nobody here wrote. */
await ensurePackages(cacheDir(processVariables()), ['chromium', 'kcat'], (line) =>
  process.stderr.write(`${line}\n`),
);
