import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { followContract, logContract, messageContract, stateContract, storeContract } from 'backoffice-sync/testing';
import { memoryStore } from '../../helpers/memoryStore.ts';

const runner = { describe, it, expect, beforeEach, afterEach };
const subject = { name: 'memory', create: async () => ({ store: memoryStore(), destroy: async () => {} }) };

for (const contract of [storeContract, logContract, followContract, messageContract, stateContract])
  contract(runner, subject);
