import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

/** Imports point one way: a folder may import from those before it, never from those after it. */
const LAYERS = [
  ['core'],
  ['bundle'],
  ['engine'],
  ['report', 'protocol'],
  ['storage'],
  ['supply'],
  ['client'],
  ['state'],
  ['widgets'],
  ['marks'],
  ['charts'],
  ['pages'],
];
/** Where a folder outside the chain may reach; i18n is data and reached by everything above engine. */
const REACH = {
  core: [],
  bundle: ['core'],
  engine: ['core', 'bundle'],
  i18n: ['core', 'bundle', 'engine'],
  api: ['core', 'bundle', 'engine', 'report', 'i18n'],
  cli: ['core', 'bundle', 'engine', 'report', 'i18n', 'features'],
  features: ['core', 'bundle'],
  service: ['core', 'bundle', 'engine', 'features', 'report', 'protocol', 'storage', 'supply', 'i18n'],
};
/** What runs in the page only knows the shapes of these rooms: their code is the worker's. */
const OF_THE_WORKER = ['engine', 'storage', 'supply', 'service'];
const OF_THE_PAGE = ['client', 'state', 'widgets', 'marks', 'charts', 'pages'];
const ALL = [...LAYERS.flat(), 'i18n', 'api', 'cli', 'service', 'features'];

function reachOf(folder) {
  if (REACH[folder]) return REACH[folder];
  const layer = LAYERS.findIndex((folders) => folders.includes(folder));
  return [...LAYERS.slice(0, layer).flat(), 'i18n'];
}

const importDirection = ALL.map((folder) => {
  const types = OF_THE_PAGE.includes(folder) ? OF_THE_WORKER : [];
  const banned = ALL.filter(
    (other) => other !== folder && !reachOf(folder).includes(other) && !types.includes(other),
  );
  const patterns = [
    {
      regex: `^(\\.\\./)+(${banned.join('|')})/`,
      message: `${folder} imports only from: ${reachOf(folder).join(', ') || 'itself'}`,
    },
    types.length > 0 && {
      regex: `^(\\.\\./)+(${types.join('|')})/`,
      allowTypeImports: true,
      message: `${folder} takes only types from: ${types.join(', ')}`,
    },
  ].filter(Boolean);
  const late = [...banned, ...types].map((other) => ({
    selector: `ImportExpression[source.value=/^(\\.\\.\\u002F)+${other}\\u002F/]`,
    message: `${folder} does not import from ${other}, late or early.`,
  }));
  return {
    files: [`src/${folder}/**`],
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { patterns }],
      ...(types.length ? { 'no-restricted-syntax': ['error', ...late] } : {}),
    },
  };
});

/** Functions whose last bits differ between engines (src/core/numeric has ones that do not). */
const UNSTABLE = [
  'exp',
  'log',
  'log2',
  'log10',
  'pow',
  'cbrt',
  'sin',
  'cos',
  'tan',
  'tanh',
  'sinh',
  'cosh',
  'atan',
  'atan2',
  'asin',
  'acos',
  'random',
];

export default ts.config(
  {
    ignores: ['dist', 'dist-cli', 'public', 'node_modules', 'src/core/onnx/schema', 'test/shots', 'kernels'],
  },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  { languageOptions: { globals: { ...globals.browser, ...globals.node } } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser } },
    rules: { 'svelte/no-at-html-tags': 'error', 'svelte/require-each-key': 'error' },
  },
  {
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      eqeqeq: ['error', 'always'],
    },
  },
  {
    // Types carry the promises of src: nothing floats, no case is forgotten.
    files: ['src/**/*.ts', 'workers/**/*.ts'],
    ignores: ['src/**/*.svelte.ts'],
    extends: [...ts.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // ONNX's enums are plain numbers in the file; functions that promise are often ready at once.
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-generated-empty-object-type': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
      // An index may be out of range: what the types call needless is often the guard against it.
      '@typescript-eslint/no-unnecessary-condition': 'off',
    },
  },
  ...importDirection,
  {
    files: ['src/core/**', 'src/bundle/**', 'src/engine/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        ...UNSTABLE.map((property) => ({
          object: 'Math',
          property,
          message: 'Use src/core/numeric: the same bits on every engine.',
        })),
      ],
      'no-restricted-syntax': [
        'error',
        { selector: "BinaryExpression[operator='**']", message: 'Use a product or src/core/numeric.' },
        { selector: "AssignmentExpression[operator='**=']", message: 'Use a product or src/core/numeric.' },
      ],
    },
  },
  {
    files: ['src/core/**'],
    rules: {
      'no-restricted-globals': [
        'error',
        'window',
        'document',
        'navigator',
        'indexedDB',
        'localStorage',
        'fetch',
        'self',
      ],
    },
  },
);
