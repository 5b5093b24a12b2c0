import { randomBytes } from 'node:crypto';
import { postgresStore } from 'backoffice-sync';
import { afterAll, describe, expect, it } from 'vitest';
import { startTestDatabase } from '../../helpers/postgres.ts';
import { startSync } from '../../helpers/startSync.ts';

const database = await startTestDatabase();
afterAll(() => database?.stop());

describe.skipIf(database === null)('nodes that start at the same moment', () => {
  it('on an empty database make each account once, and all of them work', async () => {
    const schema = database?.createSchemaName() ?? '';
    const secretKey = randomBytes(32).toString('base64');
    const pools = Array.from({ length: 4 }, () => {
      const pool = database?.createPool(5);
      if (!pool) throw new Error('There is no database.');
      return pool;
    });
    const firstAccounts = [{ username: 'ada', password: 'password-of-ada', role: 'editor' as const }];
    const nodes = await Promise.all(
      pools.map((pool) => startSync({ store: postgresStore({ pool, schema }), secretKey, firstAccounts })),
    );
    for (const { url } of nodes) {
      const login = await fetch(`${url}/api/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: url },
        body: JSON.stringify({ username: 'ada', password: 'password-of-ada' }),
      });
      expect(login.status).toBe(200);
    }
    for (const node of nodes) await node.stop();
    for (const pool of pools) await pool.end();
  });
});
