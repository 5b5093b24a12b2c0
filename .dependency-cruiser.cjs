/** The import rules of docs/architecture.md. Each has a deliberate violation in tests/architecture/imports.test.ts. */
module.exports = {
  forbidden: [
    {
      name: 'shared-imports-nothing-else',
      comment: 'shared/ runs anywhere: it imports neither a room nor a package nor Node.',
      severity: 'error',
      from: { path: '^shared/', pathNot: '^shared/text/' },
      to: { pathNot: '^shared/' },
    },
    {
      name: 'the-engine-knows-no-text-merge',
      comment: 'shared/merge imports nothing at all; merging lines of text, with its package, is handed to it.',
      severity: 'error',
      from: { path: '^shared/(?!text/)' },
      to: { path: '^shared/text/' },
    },
    {
      name: 'text-merge-imports-diff3-alone',
      severity: 'error',
      from: { path: '^shared/text/' },
      to: { pathNot: '^(shared/|node_modules/node-diff3/)' },
    },
    {
      name: 'browser-reaches-backend-over-http-only',
      severity: 'error',
      from: { path: '^backoffice/' },
      to: { path: '^backend/' },
    },
    {
      name: 'backend-knows-no-browser-code',
      severity: 'error',
      from: { path: '^backend/' },
      to: { path: '^backoffice/' },
    },
    {
      name: 'client-has-no-framework',
      severity: 'error',
      from: { path: '^backoffice/(client|site)/' },
      to: { path: '^(backoffice/(react|panel)/|node_modules/(react|@mantine|@tanstack))' },
    },
    {
      name: 'react-does-not-know-the-panel',
      severity: 'error',
      from: { path: '^backoffice/(react|client|site)/' },
      to: { path: '^backoffice/panel/' },
    },
    {
      name: 'log-imports-only-shared',
      comment: 'The log is what everything stands on.',
      severity: 'error',
      from: { path: '^backend/log/' },
      to: { path: '^backend/', pathNot: '^backend/log/' },
    },
    {
      name: 'stores-import-only-the-log',
      severity: 'error',
      from: { path: '^backend/stores/' },
      to: { path: '^backend/', pathNot: '^backend/(log|stores)/' },
    },
    {
      name: 'a-store-does-not-know-another',
      severity: 'error',
      from: { path: '^backend/stores/([^/]+)/' },
      to: { path: '^backend/stores/[^/]+/', pathNot: '^backend/stores/$1/' },
    },
    {
      name: 'a-reader-does-not-know-another',
      severity: 'error',
      from: { path: '^backend/readers/([^/]+)/' },
      to: { path: '^backend/readers/[^/]+/', pathNot: '^backend/readers/$1/' },
    },
    {
      name: 'readers-use-no-store-directly',
      severity: 'error',
      from: { path: '^backend/(readers|records|middleware|auth|inbound)/' },
      to: { path: '^backend/stores/(?!(store|deliveryLog|leases|keyLifetime)\\.ts)' },
    },
    {
      name: 'no-cycles-at-run-time',
      severity: 'error',
      from: { path: '^(shared|backend|backoffice)/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-test-code-in-the-product',
      severity: 'error',
      from: { path: '^(shared|backend|backoffice)/' },
      to: { path: '^tests/' },
    },
    {
      name: 'no-development-dependency-at-run-time',
      severity: 'error',
      from: {
        path: '^(shared|backend|backoffice/(client|react|site))/',
        // The page of the example is built like the panel; nothing of it runs in Node.
        pathNot: '^backend/server/((build|dev|start)\\.ts$|workspace/site/)',
      },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm-peer', 'type-only'] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: '^(node_modules|dist)' },
    exclude: { path: '^dist' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.json'],
    },
  },
};
