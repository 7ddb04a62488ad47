// Only the type-aware rules that Biome cannot check; everything else is Biome's.
import tseslint from 'typescript-eslint';

export default [
  { ignores: ['**/node_modules/**', '**/dist/**', '.holdfast/**', '**/*.d.ts', 'apps/portal/vite.config.ts'] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    // Time and randomness come from platform/, so that tests can hold them still.
    files: ['apps/registry/src/**/*.ts', 'packages/*/src/**/*.ts'],
    ignores: ['apps/registry/src/platform/**', '**/*.test.ts', '**/*.suite.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
          message: 'Take the time from Clock.',
        },
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Take the time from Clock.' },
        {
          selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
          message: 'Take randomness from Ids.',
        },
        {
          selector: 'CallExpression[callee.name=/^(randomUUID|randomBytes|randomInt)$/]',
          message: 'Take randomness from Ids.',
        },
      ],
    },
  },
];
