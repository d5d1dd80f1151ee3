import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadConfig } from '../../config.ts';
import { messageOf, MillraceError } from '../../errors.ts';
import { ENV_PATTERN } from '../../names.ts';
import { PACKAGE_DIR } from '../../package.ts';
import { dependencyFor } from './dependency.ts';

export interface MadeProject {
  /** Absolute. */
  dir: string;
  /** What was written, relative to it. */
  files: string[];
  /** The home of the running stack that it will use, as its `.env` says; undefined: one of its own. */
  sharesStackOf?: string;
}

const TEMPLATE = path.join(PACKAGE_DIR, 'template');

/**
 * Writes a new project. Where the project that the command is called from has a stack, the new one uses it, in an env
 * of its own.
 * @param dir absolute; made where it is missing
 * @throws INPUT_INVALID when something is there already, and nothing was written
 */
export function makeProject(dir: string, { isBare }: { isBare: boolean }): MadeProject {
  refuseOccupied(dir);
  const name = nameOf(dir);
  const { homeDir, kafka } = loadConfig();
  const sharedHome = existsSync(path.join(homeDir, 'stack.env')) ? homeDir : undefined;
  const words = {
    name,
    env: envOf(name),
    kafka: kafka.brokers.join(','),
    day: new Date(Date.now() - DAY_MS).toISOString().slice(0, 10),
  };
  const template = (file: string) => filled(readFileSync(path.join(TEMPLATE, file), 'utf8'), words);
  const withExample = (file: string, example: string) =>
    isBare ? template(file) : template(file) + template(example);
  const settings = withExample('env.example', 'env.shop');
  const files: Record<string, string> = {
    'package.json': packageJson(name, dependencyFor(dir)),
    'README.md': withExample('README.md', 'README.shop.md'),
    'tsconfig.json': template('tsconfig.json'),
    // npm packs no file of these two names.
    '.gitignore': template('gitignore'),
    '.env.example': settings,
    '.env': sharedHome === undefined ? settings : `${settings}${homeLines(dir, sharedHome)}`,
    '.github/workflows/check.yml': template('github/workflows/check.yml'),
    'superset/README.md': template('superset/README.md'),
    ...(isBare
      ? { 'pipelines/.gitkeep': '' }
      : { 'pipelines/shop.ts': template('pipelines/shop.ts'), 'vendor.mjs': template('vendor.mjs') }),
  };
  writeAll(dir, files);
  const made = { dir, files: Object.keys(files) };
  return sharedHome === undefined ? made : { ...made, sharesStackOf: relative(process.cwd(), sharedHome) };
}

const DAY_MS = 86_400_000;

/** @throws INPUT_INVALID where the folder cannot be made, or written to */
function writeAll(dir: string, files: Readonly<Record<string, string>>): void {
  try {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
      writeFileSync(path.join(dir, file), text, file === '.env' ? { mode: 0o600 } : {});
    }
  } catch (error) {
    const message = `${dir} cannot be written: ${messageOf(error)}. Give a folder that does not exist yet, or one that is empty.`;
    throw new MillraceError('INPUT_INVALID', message, { cause: error });
  }
}

function refuseOccupied(dir: string): void {
  const stat = statSync(dir, { throwIfNoEntry: false });
  if (stat === undefined) return;
  const what = stat.isDirectory() ? occupants(dir) : 'is a file';
  if (what === '') return;
  throw new MillraceError(
    'INPUT_INVALID',
    `${dir} ${what}: nothing was written. Give a folder that does not exist yet, or one that is empty.`,
  );
}

function occupants(dir: string): string {
  const [first, ...more] = readdirSync(dir).sort();
  if (first === undefined) return '';
  return `is not empty (${first}${more.length === 0 ? '' : ` and ${more.length} more`})`;
}

/** As npm wants a name: lower-case letters, digits and hyphens. */
function nameOf(dir: string): string {
  const name = path
    .basename(dir)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return name === '' ? 'pipelines' : name;
}

/** Lower-case letters and digits, a letter first: `2024` becomes `p2024`. */
function envOf(name: string): string {
  const env = name
    .replaceAll(/[^a-z0-9]/g, '')
    .replace(/^(?=[0-9])/, 'p')
    .slice(0, 20);
  return ENV_PATTERN.test(env) ? env : 'dev';
}

function packageJson(name: string, millrace: string): string {
  const { devDependencies } = JSON.parse(readFileSync(path.join(PACKAGE_DIR, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  const content = {
    name,
    private: true,
    type: 'module',
    scripts: { check: 'millrace check && tsc' },
    dependencies: { millrace },
    devDependencies: {
      '@types/node': devDependencies['@types/node'],
      typescript: devDependencies['typescript'],
    },
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

function homeLines(dir: string, home: string): string {
  return `
# The home of the stack that runs already: this project uses its servers.
MILLRACE_HOME=${relative(dir, home)}
`;
}

function relative(from: string, to: string): string {
  return path.relative(from, to) || '.';
}

function filled(text: string, words: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (whole, word: string) => words[word] ?? whole);
}
