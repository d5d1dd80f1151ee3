import path from 'node:path';
import { processVariables } from '../src/config.ts';
import { MillraceError } from '../src/errors.ts';
import { findProgram } from './debian.ts';
import { capture, runLogged } from './run.ts';
import { VERSIONS } from './server.ts';

const TIMEOUT_MS = 15 * 60_000;

/**
 * Makes a Python environment (`venv/`) in a folder, with the packages that a file pins.
 * @param needs who needs it, for a message
 * @throws STACK_PREREQUISITE where that version of Python is missing
 */
export async function makePythonEnvironment(
  dir: string,
  needs: string,
  requirements: string,
  log: string,
): Promise<void> {
  const options = { env: processVariables(), timeoutMs: TIMEOUT_MS };
  const venv = path.join(dir, 'venv');
  await runLogged(await findPython(needs), ['-m', 'venv', '--clear', venv], log, options);
  const pip = path.join(venv, 'bin', 'pip');
  await runLogged(pip, ['install', '-q', '--no-input', '-r', requirements], log, options);
}

async function findPython(needs: string): Promise<string> {
  for (const name of [`python${VERSIONS.python}`, 'python3']) {
    const program = findProgram(name);
    if (program === undefined) continue;
    const shown = await capture(program, ['--version'], { env: processVariables(), timeoutMs: 10_000 });
    if (shown.startsWith(`Python ${VERSIONS.python}.`)) return program;
  }
  throw new MillraceError(
    'STACK_PREREQUISITE',
    `${needs} needs Python ${VERSIONS.python}, and neither python${VERSIONS.python} nor python3 is that; install it with: apt-get install python3 python3-venv`,
  );
}
