import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** Who may import what. The tree shows the architecture; these walls keep it so. */
const DRIVERS = ['kafkajs', 'mysql2', 'mysql2/*', 'axios', '@temporalio/client', '@temporalio/envconfig'];

const no = (files, patterns, extra = {}) => ({
  files,
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
  ...extra,
});
const wall = (group, message, allowTypeImports = false) => ({ group, message, allowTypeImports });
const driversOnlyInClients = wall(
  DRIVERS,
  'Drivers are imported in src/clients alone: add what you need there.',
  true,
);

export default tseslint.config(
  { ignores: ['node_modules', '.millrace', 'coverage'] },
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
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'src/config.ts is the only reader of the environment.',
        },
      ],
    },
  },
  no(['src/**/*.ts', 'stack/**/*.ts'], [driversOnlyInClients]),
  no(['src/clients/**/*.ts'], []),
  no(
    ['src/define/**/*.ts', 'src/definition/**/*.ts', 'src/names.ts', 'src/errors.ts', 'src/wording.ts'],
    [
      driversOnlyInClients,
      wall(
        ['node:fs', 'node:fs/*', 'node:net', 'node:http', 'node:child_process', '@temporalio/*'],
        'The vocabulary, the facts, names and errors are pure.',
      ),
      wall(
        [
          '**/clients/*',
          '**/store/*',
          '**/activities/*',
          '**/workflows/*',
          '**/apply/*',
          '**/cli/*',
          '**/ingest/*',
        ],
        'src/define is below everything else.',
        true,
      ),
    ],
  ),
  no(
    ['src/workflows/**/*.ts'],
    [
      wall(
        [
          '**/activities/*',
          '**/clients/*',
          '**/store/*',
          '**/define/*',
          '**/definition/*',
          '**/apply/*',
          '**/cli/*',
          '**/ingest/*',
          '../*.ts',
        ],
        'Workflows are deterministic: they import @temporalio/workflow and types.',
        true,
      ),
      wall(
        ['node:*', 'luxon', 'zod', 'pino', ...DRIVERS],
        'Workflows are deterministic: they import @temporalio/workflow and types.',
        true,
      ),
    ],
  ),
  no(
    ['src/activities/**/*.ts', 'src/ingest/**/*.ts'],
    [
      driversOnlyInClients,
      wall(['**/cli/*', '**/workers/*', '**/apply/*'], 'Activities and ingest get what they need injected.'),
      wall(['**/workflows/*'], 'Only types come from workflows.', true),
    ],
  ),
  no(
    ['pipelines/**/*.ts'],
    [
      wall(
        ['node:*', '..*', ...DRIVERS, '@temporalio/*'],
        "A definition file imports 'millrace' and its neighbours alone.",
      ),
    ],
  ),
  no(
    ['examples/**/*.ts'],
    [wall(['**/src/**', 'millrace'], 'The examples are the outside world: they do not know millrace.')],
  ),
  {
    files: ['src/config.ts', 'test/**/*.ts', 'examples/**/*.ts', 'bin/*.mjs', 'bench/**/*.ts'],
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
