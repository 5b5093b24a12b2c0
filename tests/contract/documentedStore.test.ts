import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { followContract, logContract, messageContract, stateContract, storeContract } from 'backoffice-sync/testing';
import { memoryStore } from './memoryStore.ts';

const runner = { describe, it, expect, beforeEach, afterEach };

const subject = {
  name: 'my store',
  async create() {
    const store = memoryStore();
    await store.open();
    return { store, destroy: () => store.close() };
  },
};

for (const contract of [storeContract, logContract, followContract, messageContract, stateContract])
  contract(runner, subject);

const read = (path: string): string => readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8');

describe('the store of docs/stores.md', () => {
  const blocks = [...read('../../docs/stores.md').matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code]) => code);

  it('is the one that passes these suites, in less than 150 lines', () => {
    const source = read('./memoryStore.ts');
    expect(blocks[0]).toBe(source);
    expect(source.split('\n').length).toBeLessThan(150);
  });

  it('is tested as the page says', () => {
    const [, shown = ''] = blocks;
    const [imports = '', rest = ''] = shown.split('\n\n');
    const source = read('./documentedStore.test.ts');
    for (const line of imports.split('\n')) expect(source).toContain(line);
    expect(source).toContain(shown.slice(imports.length + 2));
    expect(rest).toContain('runner');
  });
});
