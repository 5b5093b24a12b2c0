import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { postgresStore } from '../../../backend/stores/postgres/index.ts';
import type { Store } from '../../../backend/stores/store.ts';
import { draftKey, draftWrite } from '../../../backend/testing/draftWrite.ts';
import { startTestDatabase } from '../../helpers/postgres.ts';
import { apiToken, startSync, type Started } from '../../helpers/startSync.ts';
import { createLowdbFolder, saveVersions, type LowdbFolder } from '../store/lowdbFolder.ts';
import { followChanges, type FollowedChanges } from './followChanges.ts';
import { useSettableClock, type SettableClock } from './settableClock.ts';

const hourMs = 3_600_000;
const database = await startTestDatabase();
afterAll(() => database?.stop());

/** The times of all entries. */
async function timesOf(store: Store): Promise<readonly number[]> {
  return (await store.log.read(0, 1_000)).entries.map(({ at }) => at);
}

function areRising(times: readonly (number | string)[]): boolean {
  return times.every((time, index) => index === 0 || time > (times[index - 1] as number | string));
}

describe('a clock that is set back an hour', () => {
  let clock: SettableClock;
  beforeEach(() => {
    clock = useSettableClock();
  });
  afterEach(() => clock.restore());

  describe('under the embedded store', () => {
    let folder: LowdbFolder;
    beforeEach(async () => {
      folder = await createLowdbFolder();
    });
    afterEach(() => folder.remove());

    it.each(['in order', 'by a crash'])(
      'while it runs, and while it is ended %s: times of entries rise, and keys answer',
      async (end) => {
        const store = await folder.open();
        await store.commit([draftWrite('k', {}, { expectedVersion: 0, key: draftKey('k') })]);
        await saveVersions(store, 'a', 1, 2);
        clock.turn(-hourMs);
        expect(await saveVersions(store, 'a', 3, 4)).toEqual(['committed', 'committed']);
        await store.close();
        if (end === 'by a crash') for (const name of ['closed.json', 'db.json']) await rm(join(folder.path, name));
        clock.turn(-hourMs);
        const again = await folder.open();
        expect(await again.findKey('user:u1', 'k')).toEqual(draftKey('k'));
        expect(await saveVersions(again, 'a', 5, 6)).toEqual(['committed', 'committed']);
        const times = await timesOf(again);
        expect([times.length, areRising(times)]).toEqual([7, true]);
        expect(folder.warnings).toEqual([]);
      },
    );
  });

  describe.skipIf(database === null)('under PostgreSQL', () => {
    it('while it runs: times of entries rise', async () => {
      if (database === null) return;
      const schema = database.createSchemaName();
      const pool = database.createPool();
      const store = postgresStore({ pool, schema });
      await store.open();
      await saveVersions(store, 'a', 1, 2);
      // The clock is that of the database: what it has told was an hour later than what it tells from now on.
      await pool.query(`update ${schema}.log set at = at + ${hourMs}`);
      await pool.query(`update ${schema}.meta set last_at = last_at + ${hourMs}`);
      expect(await saveVersions(store, 'a', 3, 5)).toEqual(['committed', 'committed', 'committed']);
      const times = await timesOf(store);
      expect([times.length, areRising(times)]).toEqual([5, true]);
      await store.close();
      await pool.query(`drop schema ${schema} cascade`);
      await pool.end();
    });
  });

  describe('under an installation', () => {
    let at: Started;
    let reader: FollowedChanges;
    beforeEach(async () => {
      at = await startSync();
    });
    afterEach(async () => {
      await reader.stop();
      await at.stop();
    });

    it('while it runs, and between two runs: who is signed in stays so, saves are stored once and told in order', async () => {
      const send = await at.signIn();
      const save = async (phone: string, key: string) => {
        const answer = await send('PATCH', '/api/settings', { phone }, { 'if-match': '*', 'idempotency-key': key });
        return [answer.status, ((await answer.json()) as { version: number }).version];
      };
      const begin = await at.send('GET', '/api/settings');
      reader = followChanges({ url: async () => at.url }, apiToken, begin.headers.get('x-sync-cursor') ?? '');
      expect(await save('2', 'first')).toEqual([200, 2]);
      clock.turn(-hourMs);
      expect(await save('3', 'second')).toEqual([200, 3]);
      expect(await save('2', 'first')).toEqual([200, 2]);
      await at.restart();
      clock.turn(-hourMs);
      expect(await save('4', 'third')).toEqual([200, 4]);
      expect(await save('3', 'second')).toEqual([200, 3]);
      expect((await (await at.signIn())('GET', '/api/settings')).status).toBe(200);
      const end = await at.send('GET', '/api/settings');
      await reader.reached(end.headers.get('x-sync-cursor') ?? '');
      expect(reader.changes.map(({ version }) => version)).toEqual([2, 3, 4]);
      expect([reader.resets, areRising(reader.changes.map((change) => change.at))]).toEqual([[], true]);
    });
  });
});
