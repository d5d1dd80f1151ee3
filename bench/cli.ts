import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { renderTable } from '../src/cli/table.ts';
import { loadConfig } from '../src/config.ts';
import { PACKAGE_DIR } from '../src/package.ts';
import { recordResult } from '../test/support/result.ts';
import { writeProject } from './cli/project-of.ts';
import { median, timed, type Timed } from './cli/timed.ts';
import { refuseAbsentServers } from './latency/servers.ts';

const ROUNDS = 10;
const DEFINITIONS = 20;

/** A command whose time is measured, and what it must print. */
interface Measured {
  name: string;
  args: string[];
  prints: RegExp;
  /** The version before had none. */
  isNew?: true;
}

/** The demo's env: `npm start` has filled it. */
const COMMANDS: Measured[] = [
  { name: '--help', args: ['--help'], prints: /Usage: millrace/ },
  { name: `check, ${DEFINITIONS} definitions`, args: ['check'], prints: /^✓ 20 definitions/, isNew: true },
  { name: 'show', args: ['show', 'weather', '--limit', '3', '--json'], prints: /^(\{.*\}\n){3}$/ },
  { name: 'status', args: ['status', '--json'], prints: /"table": "weather"/ },
  { name: 'list', args: ['list', '-o', 'name'], prints: /^weather$/m, isNew: true },
  { name: 'run, one interval of 3 rows', args: ['run', 'weather', '--json'], prints: /"rows":\d+/ },
];

/**
 * How long a person waits for a command: whole processes, this version, or this one and another in turns, on the demo's
 * env. `npm run bench:cli [-- <folder of another version>]`; the stack and the demo's worker must be up. What runs the
 * bench, runs the commands: for another Node, put it first in PATH.
 */
async function main(): Promise<void> {
  const { homeDir } = loadConfig();
  await refuseAbsentServers(loadConfig());
  process.env['MILLRACE_HOME'] = path.resolve(homeDir);
  const [other] = process.argv.slice(2);
  const versions = [
    ...(other === undefined ? [] : [['before', path.resolve(other)] as const]),
    ['now', PACKAGE_DIR] as const,
  ];
  const project = mkdtempSync(path.join(tmpdir(), 'millrace-cli-'));
  try {
    writeProject(project, PACKAGE_DIR, DEFINITIONS);
    const runs = new Map<string, Timed[]>();
    for (let round = 0; round < ROUNDS; round++) {
      for (const [version, folder] of round % 2 === 0 ? versions : versions.toReversed()) {
        for (const command of COMMANDS) {
          if (command.isNew && version === 'before') continue;
          const key = `${command.name} / ${version}`;
          runs.set(key, [...(runs.get(key) ?? []), await once(command, folder, project)]);
        }
      }
    }
    const measured = [...runs].map(([key, all]) => {
      const [command = '', version = ''] = key.split(' / ');
      const wallMs = median(all.map((run) => run.wallMs));
      return { command, version, wallMs, cpuMs: median(all.map((run) => run.cpuMs)), runs: all.length };
    });
    const headings = ['command', 'version', 'wall ms', 'cpu ms', 'runs'];
    const rows = measured.map((one) => Object.values(one).map(String));
    console.log(renderTable(headings, rows));
    const [major] = process.versions.node.split('.');
    console.log(`kept in ${await recordResult(`cli-node-${major}`, { median: measured })}`);
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}

async function once({ name, args, prints }: Measured, folder: string, project: string): Promise<Timed> {
  const cwd = name.startsWith('check') ? project : folder;
  const run = await timed([process.execPath, path.join(folder, 'bin', 'millrace.mjs'), ...args], cwd);
  if (!prints.test(run.stdout)) throw new Error(`${name} printed ${run.stdout.slice(0, 500)}`);
  return run;
}

await main();
