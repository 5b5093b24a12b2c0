import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  configurationContract,
  deliveryContract,
  followContract,
  leaseContract,
  logContract,
  messageContract,
  stateContract,
  storeContract,
  type ContractSubject,
} from 'backoffice-sync/testing';
import { lowdbStore, type LowdbStoreOptions } from '../../backend/stores/lowdb/index.ts';

const runner = { describe, it, expect, beforeEach, afterEach };

function subjectWith(name: string, options: Omit<LowdbStoreOptions, 'folder'>): ContractSubject {
  return {
    name,
    async create() {
      const folder = await mkdtemp(join(tmpdir(), 'lowdb-contract-'));
      const open = async (): Promise<ReturnType<typeof lowdbStore>> => {
        const store = lowdbStore({ folder, ...options });
        await store.open();
        return store;
      };
      let store = await open();
      return {
        store,
        async reopen() {
          await store.close();
          return (store = await open());
        },
        async destroy() {
          await store.close();
          await rm(folder, { recursive: true });
        },
      };
    },
  };
}

const subjects = [
  subjectWith('lowdb', {}),
  // Everything from the files: a new file after every group, next to nothing in memory.
  subjectWith('lowdb with tiny files', { maxSegmentBytes: 1, tailBytes: 1 }),
];

for (const subject of subjects) {
  for (const contract of [
    storeContract,
    logContract,
    followContract,
    messageContract,
    stateContract,
    deliveryContract,
    leaseContract,
    configurationContract,
  ])
    contract(runner, subject);
}
