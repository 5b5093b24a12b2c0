import type { Store } from '../stores/store.ts';

/** What the suites need of a test runner: Vitest and Jest have it, node:test with any `expect`. */
export interface ContractRunner {
  describe(name: string, define: () => void): void;
  it(name: string, run: () => Promise<void>): void;
  beforeEach(run: () => Promise<void>): void;
  afterEach(run: () => Promise<void>): void;
  expect(actual: unknown): { toBe(expected: unknown): void; toEqual(expected: unknown): void };
}

/** A store that one test gets, open and empty. */
export interface ContractStore {
  readonly store: Store;
  /** Closes the store in order and opens what it left; without it the tests of a second start are left out. */
  reopen?(): Promise<Store>;
  destroy(): Promise<void>;
}

/** What a suite is run on. */
export interface ContractSubject {
  /** Stands in the titles, such as `lowdb`. */
  readonly name: string;
  create(): Promise<ContractStore>;
}

/** Creates a store before each test and destroys it afterwards; returns where the one of the running test is. */
export function useContractStore(runner: ContractRunner, subject: ContractSubject): () => ContractStore {
  let current: ContractStore | null = null;
  runner.beforeEach(async () => {
    current = await subject.create();
  });
  runner.afterEach(async () => {
    await current?.destroy();
    current = null;
  });
  return () => {
    if (current === null) throw new Error('The store of a test exists only while the test runs.');
    return current;
  };
}
