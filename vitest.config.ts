import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The doors, resolved to the source, so that a test imports what a user imports. */
const alias = [
  { find: /^backoffice-sync$/, replacement: at('backend/index.ts') },
  { find: /^backoffice-sync\/react$/, replacement: at('backoffice/react/index.ts') },
  { find: /^backoffice-sync\/react-query$/, replacement: at('backoffice/react/query/index.ts') },
  { find: /^backoffice-sync\/client$/, replacement: at('backoffice/client/index.ts') },
  { find: /^backoffice-sync\/site$/, replacement: at('backoffice/site/index.ts') },
  { find: /^backoffice-sync\/merge$/, replacement: at('shared/merge/index.ts') },
  { find: /^backoffice-sync\/webhooks$/, replacement: at('shared/webhooks/index.ts') },
  { find: /^backoffice-sync\/testing$/, replacement: at('backend/testing/index.ts') },
];

const project = (name: string, extra: Record<string, unknown> = {}) => ({
  resolve: { alias },
  test: { name, include: [`tests/${name}/**/*.test.{ts,tsx}`], environment: 'node', ...extra },
});

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      project('unit'),
      project('property', { testTimeout: 120_000 }),
      project('contract', { testTimeout: 60_000, hookTimeout: 60_000 }),
      project('integration', { testTimeout: 60_000, hookTimeout: 60_000 }),
      project('react', { environment: 'jsdom', setupFiles: [at('tests/helpers/jsdomStubs.ts')] }),
      project('architecture', { testTimeout: 60_000 }),
      project('types', { testTimeout: 60_000 }),
      project('package', {
        globalSetup: at('tests/package/packOnce.ts'),
        testTimeout: 300_000,
        hookTimeout: 300_000,
      }),
      project('browser', { testTimeout: 120_000, hookTimeout: 120_000 }),
    ],
  },
});
