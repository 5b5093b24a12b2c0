import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  configurationContract,
  deliveryContract,
  followContract,
  leaseContract,
  logContract,
  messageContract,
  stateContract,
  storeContract,
} from 'backoffice-sync/testing';
import { postgresStore } from '../../backend/stores/postgres/index.ts';
import { startTestDatabase } from '../helpers/postgres.ts';

const runner = { describe, it, expect, beforeEach, afterEach };
const database = await startTestDatabase();

describe.skipIf(database === null)(`the PostgreSQL store on ${database?.version}`, () => {
  if (database === null) return;
  afterAll(() => database.stop());

  const subject = {
    name: 'postgres',
    async create() {
      const pool = database.createPool();
      const schema = database.createSchemaName();
      const open = async (): Promise<ReturnType<typeof postgresStore>> => {
        const store = postgresStore({ pool, schema });
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
          await pool.query(`drop schema ${schema} cascade`);
          await pool.end();
        },
      };
    },
  };

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
});
