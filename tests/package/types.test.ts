import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { packageRoot } from './ensureBuilt.ts';
import { typeErrorsOf } from './typeErrorsOf.ts';

const { typescript } = inject('packedPackage');

it('a strict TypeScript project compiles against the packed package, and what must not compile does not', async () => {
  expect(await typeErrorsOf({ folder: typescript, project: 'types' })).toEqual([]);
});

it('the doors merge and webhooks compile without the types of Node and of a browser', async () => {
  expect(await typeErrorsOf({ folder: typescript, project: 'types-anywhere' })).toEqual([]);
});

it.each(['docs/client.md', 'docs/hooks.md'])('the examples of %s compile as they stand', async (page) => {
  const guide = join(packageRoot, page);
  const snippets = [...readFileSync(guide, 'utf8').matchAll(/^```tsx\n([\s\S]*?)^```/gm)].map(([, code = '']) => code);
  expect(snippets.length).toBeGreaterThanOrEqual(2);
  expect(snippets.filter((code) => code.includes('backoffice-sync/')).length).toBeGreaterThan(0);
  const files = Object.fromEntries(snippets.map((code, index) => [`snippet${index + 1}.tsx`, `${code}\nexport {};\n`]));
  expect(await typeErrorsOf({ folder: typescript, project: 'guide', files })).toEqual([]);
});
