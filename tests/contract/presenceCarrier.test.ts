import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { presenceContract } from 'backoffice-sync/testing';
import { migrate } from '../../backend/stores/postgres/migrations.ts';
import { postgresPresence } from '../../backend/stores/postgres/postgresPresence.ts';
import { startTestDatabase } from '../helpers/postgres.ts';
import { memoryCarrier } from '../unit/presence/memoryCarrier.ts';

const runner = { describe, it, expect, beforeEach, afterEach };

presenceContract(runner, {
  name: 'memory',
  async create() {
    const carrier = memoryCarrier();
    return { carrier, withLease: (leaseMs) => carrier.withLease(leaseMs), destroy: async () => {} };
  },
});

const database = await startTestDatabase();

describe.skipIf(database === null)(`presence in ${database?.version}`, () => {
  if (database === null) return;
  afterAll(() => database.stop());

  presenceContract(runner, {
    name: 'postgres',
    async create() {
      const pool = database.createPool();
      const schema = database.createSchemaName();
      await migrate(pool, schema);
      return {
        carrier: postgresPresence(pool, schema),
        withLease: (leaseMs) => postgresPresence(pool, schema, leaseMs),
        async destroy() {
          await pool.query(`drop schema ${schema} cascade`);
          await pool.end();
        },
      };
    },
  });
});
