import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/**
 * The rooms of `src/`, from the top down. Nobody imports a room above, nor one beside it on the same floor; types count.
 * The tree shows the architecture; these walls keep it so.
 */
const FLOORS = [
  ['cli'],
  ['workers'],
  ['workflows'],
  ['activities', 'apply', 'ingest', 'balance'],
  ['schedules'],
  ['targets', 'sources'],
  ['load'],
  ['intake'],
  ['store'],
  ['clients'],
  ['define'],
  ['definition'],
];

/** The folders of a room that have floors of their own, from the top down. */
const INNER_FLOORS = { ingest: ['membership', 'recovery', 'path'] };

const DRIVERS = ['kafkajs', 'mysql2', 'mysql2/*', 'axios', '@temporalio/client', '@temporalio/envconfig'];
const OUTSIDE = [
  'node:fs',
  'node:fs/*',
  'node:net',
  'node:http',
  'node:https',
  'node:child_process',
  '@temporalio/*',
];

const wall = (group, message, allowTypeImports = false) => ({ group, message, allowTypeImports });
const walled = (files, patterns) => ({
  files,
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
});

const driversOnlyInClients = wall(
  DRIVERS,
  'Drivers are imported in src/clients alone: add what you need there.',
  true,
);
const stackOnlyInCli = wall(['**/stack/*', '**/stack/**/*'], 'The stack and src meet in src/cli alone.');
const configIsNotPure = wall(
  ['**/config.ts', '**/settings.ts', '**/log.ts', ...OUTSIDE],
  'This room is pure: no settings, no files, no network.',
);
const deterministic = wall(
  ['node:*', 'luxon', 'zod', 'pino', '**/config.ts', '**/log.ts', '**/names.ts', ...DRIVERS],
  'Workflows are deterministic: they import @temporalio/workflow, and types and pure rules of load.',
  true,
);

/** What a room may not import beside what stands above it. */
const OWN_WALLS = {
  cli: [driversOnlyInClients],
  clients: [stackOnlyInCli],
  define: [driversOnlyInClients, configIsNotPure],
  definition: [driversOnlyInClients, configIsNotPure],
  workflows: [
    deterministic,
    wall(
      ['**/load/**', '!**/load/messages.ts', '!**/load/waits-for-anything.ts'],
      'Of load, workflows import messages and pure rules.',
    ),
    wall(
      FLOORS.slice(FLOORS.findIndex((rooms) => rooms.includes('workflows')) + 1)
        .flat()
        .filter((room) => room !== 'load' && room !== 'activities')
        .map((room) => `**/${room}/**`),
      'Workflows are only an order of steps: what is done is for activities.',
    ),
  ],
};
/** Folders that have a door: others use their `index.ts`, and nothing behind it. */
const DOORS = ['intake', 'redaction'];
const byItsDoor = (folder) =>
  wall([`**/${folder}/**`, `!**/${folder}/index.ts`], `src/${folder} is entered by its index.ts.`);
/** Workflows call activities by their types. */
const TYPES_FROM_BELOW = { workflows: ['activities'] };

/** The walls of one room: against the rooms above, those beside it, and what its own walls say; and those inside it. */
function roomWalls(room, floor) {
  const barred = FLOORS.slice(0, floor + 1)
    .flat()
    .filter((other) => other !== room);
  const upwards = barred.map((other) =>
    wall(
      [`**/${other}/**`],
      `src/${room} stands below src/${other}, or beside it: move what both need down.`,
    ),
  );
  const below = (TYPES_FROM_BELOW[room] ?? []).map((other) =>
    wall([`**/${other}/**`], `src/${room} takes only types from src/${other}.`, true),
  );
  const own = OWN_WALLS[room] ?? [driversOnlyInClients, stackOnlyInCli];
  const whole = [...upwards, ...below, ...DOORS.filter((other) => other !== room).map(byItsDoor), ...own];
  const folders = INNER_FLOORS[room] ?? [];
  return [
    walled([`src/${room}/**/*.ts`], whole),
    // The rule of a folder stands in place of the room's, so it says that one, too.
    ...folders.map((folder, index) =>
      walled(
        [`src/${room}/${folder}/**/*.ts`],
        [...whole, ...folders.slice(0, index).map((above) => innerWall(room, folder, above))],
      ),
    ),
  ];
}

function innerWall(room, folder, above) {
  return wall(
    [`**/${above}/**`],
    `In src/${room}, ${folder}/ stands below ${above}/: move what both need down.`,
  );
}

/** What every room may import knows none. */
const notOfARoom = [
  driversOnlyInClients,
  wall(
    FLOORS.flat().map((room) => `**/${room}/**`),
    'Every room stands on this file: it imports none of them.',
  ),
];
const ground = walled(
  [
    'src/names.ts',
    'src/ip-address.ts',
    'src/private-hosts.ts',
    'src/errors.ts',
    'src/wording.ts',
    'src/token-shapes.ts',
    'src/deferred.ts',
    'src/config.ts',
    'src/package.ts',
    'src/project.ts',
    'src/upwards.ts',
    'src/settings.ts',
    'src/log.ts',
  ],
  [...notOfARoom, byItsDoor('redaction')],
);
const redaction = walled(['src/redaction/*.ts'], notOfARoom);

const ENVIRONMENT = {
  object: 'process',
  property: 'env',
  message: 'src/config.ts is the only reader of the environment.',
};
const OUTPUTS = ['stdout', 'stderr'].map((property) => ({
  object: 'process',
  property,
  message:
    'src/cli/print.ts is the only writer of what commands print: it hides secrets. Others write to the log.',
}));

export default tseslint.config(
  // What `millrace init` writes is of another project: the end-to-end test compiles it there.
  { ignores: ['**/node_modules', '**/.millrace', 'coverage', 'dist', 'template'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['*.js', 'bin/*.mjs'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    plugins: { 'import-x': importX },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allow: [{ from: 'lib', name: ['URL'] }] },
      ],
      'import-x/no-cycle': 'error',
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
      eqeqeq: 'error',
      // Our ports are objects of closures: their methods use no 'this'.
      '@typescript-eslint/unbound-method': 'off',
      'no-restricted-properties': ['error', ENVIRONMENT],
    },
  },
  ground,
  redaction,
  ...FLOORS.flatMap((rooms, floor) => rooms.flatMap((room) => roomWalls(room, floor))),
  walled(
    ['stack/**/*.ts'],
    [
      driversOnlyInClients,
      wall(
        ['**/src/**', '!**/src/config.ts', '!**/src/errors.ts', '!**/src/package.ts'],
        'The stack knows the types of settings and the errors of src, and nothing else.',
      ),
    ],
  ),
  walled(
    ['examples/*/pipelines/**/*.ts'],
    [
      wall(
        ['node:*', '..*', ...DRIVERS, '@temporalio/*'],
        "A definition file imports 'millrace' and its neighbours alone.",
      ),
    ],
  ),
  walled(
    ['examples/*/*.ts', 'examples/*/start/**/*.ts'],
    [wall(['**/src/**', '**/stack/**'], 'An example is a project: it imports the package by its name.')],
  ),
  walled(
    ['examples/*/{vendor,replay,sample,team-tables}/**/*.ts'],
    [
      wall(
        ['**/src/**', '**/stack/**', 'millrace', 'millrace/*'],
        'This is the world outside: it does not know millrace.',
      ),
    ],
  ),
  {
    files: ['src/**/*.ts'],
    // The second gives the programs of users a console: they hold no secret of ours.
    ignores: ['src/cli/print.ts', 'src/apply/definition-files.ts'],
    rules: {
      'no-console': 'error',
      'no-restricted-properties': ['error', ENVIRONMENT, ...OUTPUTS],
    },
  },
  // It reads the environment, and writes nothing.
  { files: ['src/config.ts'], rules: { 'no-restricted-properties': ['error', ...OUTPUTS] } },
  {
    files: ['test/**/*.ts', 'examples/**/*.ts', 'bin/*.mjs', 'bench/**/*.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  // A test file is read by its sections, not as a whole.
  {
    files: ['test/**/*.ts'],
    rules: { 'max-lines': ['error', { max: 450, skipBlankLines: true, skipComments: true }] },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: { ...tseslint.configs.disableTypeChecked.languageOptions },
  },
);
