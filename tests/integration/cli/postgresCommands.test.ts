import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type pg from 'pg';
import { readFile, rename, rm } from 'node:fs/promises';
import { lowdbStore } from '../../../backend/stores/lowdb/lowdbStore.ts';
import { postgresStore } from '../../../backend/stores/postgres/index.ts';
import type { Store } from '../../../backend/stores/store.ts';
import { draftKey, draftKeyWrite, draftWrite } from '../../../backend/testing/draftWrite.ts';
import { startTestDatabase } from '../../helpers/postgres.ts';
import { createLowdbFolder, type LowdbFolder } from '../store/lowdbFolder.ts';
import { waitUntil } from '../../helpers/waitUntil.ts';
import { runCli, startCli, temporaryFolder } from './runCli.ts';

const database = await startTestDatabase();

describe.skipIf(database === null)(`commands on ${database?.version}`, () => {
  if (database === null) return;
  let pool: pg.Pool;
  let schema: string;
  let where: string[];
  let store: Store;
  let temporary: Awaited<ReturnType<typeof temporaryFolder>>;
  let folder: LowdbFolder;

  beforeEach(async () => {
    pool = database.createPool();
    schema = database.createSchemaName();
    where = ['--database-url', String(pool.options.connectionString), '--schema', schema];
    store = postgresStore({ pool, schema });
    temporary = await temporaryFolder();
    folder = await createLowdbFolder();
  });
  afterEach(async () => {
    await store.close();
    await folder.remove();
    await temporary.remove();
    await pool.query(`drop schema if exists ${schema} cascade`);
    await pool.query(`drop schema if exists ${schema}_2 cascade`);
    await pool.end();
  });
  afterAll(() => database.stop());

  const versions = async (of: Store): Promise<void> => {
    for (let n = 1; n <= 3; n += 1) {
      const before = n === 1 ? null : { n: n - 1 };
      await of.commit([draftWrite('a', { n }, { expectedVersion: n - 1, before })]);
    }
    await of.commit([draftWrite('gone', { n: 0 }, { expectedVersion: 0 })]);
    await of.commit([draftWrite('gone', null, { expectedVersion: 1, before: { n: 0 } })]);
    await of.commit([draftKeyWrite(draftKey('key-1'))]);
    await of.state.put('sessions', 's1', { user: 'u1' });
  };

  it('migrate shows the SQL, lists what is missing, runs it once, and check says how far it is', async () => {
    const shown = await runCli(['migrate', '--dry-run', ...where]);
    expect([shown.code, shown.out]).toEqual([0, expect.stringMatching(/-- step 1\ncreate table test_\w+\.meta/)]);
    const { rows } = await pool.query(`select to_regclass('${schema}.meta') as found`);
    expect(rows).toEqual([{ found: null }]);
    expect((await runCli(['migrate', '--list', ...where])).out).toMatch(/^0 steps ran, [1-9]\d* are missing/m);
    expect((await runCli(['check', ...where])).out).toMatch(/warning {2}migrations +0 ran, [1-9]/);
    expect((await runCli(['migrate', ...where])).out).toMatch(/^[1-9]\d* steps ran in .*; 0 had run before/);
    const listed = await runCli(['migrate', '--list', ...where]);
    expect(listed.out).toMatch(/^step 1 ran at \d{4}-.*Z$/m);
    expect(listed.out).toMatch(/^[1-9]\d* steps ran, 0 are missing/m);
    expect((await runCli(['migrate', '--dry-run', ...where])).out).toMatch(/^-- 0 steps would run/);
    // What it prepared is what a server wants.
    await store.open();
    await versions(store);
    const { out } = await runCli(['check', ...where], { SECRET_KEY: Buffer.alloc(32, 1).toString('base64') });
    expect(out).toMatch(/ok +migrations/);
    expect(out).toMatch(/ok +postgresql +version \d+/);
    expect(out).not.toContain('test:test');
  });

  it('a backup of a database restores into another schema and into a folder, as a new log with lifted versions', async () => {
    await store.open();
    await versions(store);
    const file = temporary.at('backup.jsonl');
    expect((await runCli(['backup', '--out', file, ...where])).code).toBe(0);

    const other = [...where.slice(0, 3), `${schema}_2`];
    // Opened once and empty: its epoch is of this database, and may not stay.
    const empty = postgresStore({ pool, schema: `${schema}_2` });
    await empty.open();
    await empty.close();
    const { code, out } = await runCli(['restore', file, ...other]);
    expect([code, out]).toEqual([0, expect.stringContaining('Restored 2 records, 6 entries and 0 deliveries')]);
    const second = postgresStore({ pool, schema: `${schema}_2` });
    await second.open();
    const third = lowdbStore({ folder: await restoreToFolder(file), onWarning: () => undefined });
    await third.open();
    for (const restored of [second, third]) {
      expect(restored.log.epoch > store.log.epoch).toBe(true);
      expect(await restored.load('team', 'a')).toMatchObject({ version: 1_000_000, record: { n: 3 } });
      expect(await restored.load('team', 'gone')).toMatchObject({ version: 1_000_000, record: null });
      expect((await restored.log.history('team', 'a', { limit: 9 })).map(({ version }) => version)).toEqual([
        1_000_000, 3, 2, 1,
      ]);
      expect(await restored.findKey('user:u1', 'key-1')).toMatchObject({ key: 'key-1' });
      expect(await restored.state.get('sessions', 's1')).toMatchObject({ value: { user: 'u1' } });
      const [outcome] = await restored.commit([
        draftWrite('a', { n: 4 }, { expectedVersion: 1_000_000, before: { n: 3 } }),
      ]);
      expect(outcome?.status).toBe('committed');
    }
    await second.close();
    await third.close();
    expect((await runCli(['verify', ...other])).out).toMatch(/^ok: /);
    const again = await runCli(['restore', file, ...other]);
    expect([again.code, again.errors]).toEqual([1, expect.stringContaining('is not empty')]);
  });

  async function restoreToFolder(file: string): Promise<string> {
    const { code } = await runCli(['restore', file, '--data-dir', temporary.at('restored')]);
    expect(code).toBe(0);
    return temporary.at('restored');
  }

  it('a backup holds one moment: what is saved while it is read is not in it by half', async () => {
    await store.open();
    await versions(store);
    let isDone = false;
    let count = 0;
    const saving = (async () => {
      for (; !isDone; count += 1)
        await store.commit([draftWrite(`b${count}`, { n: count }, { expectedVersion: 0 }), draftWrite(`c${count}`, { n: count }, { expectedVersion: 0 })]); // prettier-ignore
    })();
    const file = temporary.at('backup.jsonl');
    const { code } = await runCli(['backup', '--out', file, ...where]);
    isDone = true;
    await saving;
    expect(code).toBe(0);
    const text = await readFile(file, 'utf8');
    // The two of a batch are one statement: either both are there or none.
    for (let n = 0; n < count; n += 1) expect(text.includes(`"id":"b${n}"`)).toBe(text.includes(`"id":"c${n}"`));
    expect((await runCli(['restore', file, ...where.slice(0, 3), `${schema}_2`])).code).toBe(0);
    expect((await runCli(['verify', ...where.slice(0, 3), `${schema}_2`])).code).toBe(0);
  });

  it('verify finds an entry that was changed in the database, and a record that was', async () => {
    await store.open();
    await versions(store);
    expect((await runCli(['verify', ...where])).code).toBe(0);
    await pool.query(`update ${schema}.records set record = '{"n": 99}' where id = 'a'`);
    const record = await runCli(['verify', ...where]);
    expect([record.code, record.out]).toEqual([
      1,
      expect.stringContaining(`team/a is not what its entries make of it (last one at ${schema}.log, seq 3)`),
    ]);
    await pool.query(
      `update ${schema}.log set entry = replace(entry::text, '"record":{"n":2}', '"record":{"n":7}')::json where seq = 2`,
    );
    const entry = await runCli(['verify', ...where]);
    expect([entry.code, entry.out]).toEqual([
      1,
      expect.stringContaining(`${schema}.log, seq 3: version 3 of team/a does not lead back`),
    ]);
    await pool.query(`delete from ${schema}.log where seq = 2`);
    expect((await runCli(['verify', ...where])).out).toContain('goes from version 1 to 3');
  });

  it('a database that does not answer, or has no tables, is said without its password', async () => {
    const nobody = 'postgres://me:hidden-password@127.0.0.1:1/none';
    for (const words of [['backup', '--out', temporary.at('b')], ['check'], ['verify'], ['migrate', '--list']]) {
      const { code, out, errors } = await runCli([...words, '--database-url', nobody]);
      expect([words[0], code]).toEqual([words[0], 1]);
      expect(out + errors).toMatch(/ECONNREFUSED|cannot be reached/);
      expect(out + errors).not.toContain('hidden-password');
    }
    const { code, errors } = await runCli(['verify', ...where]);
    expect([code, errors]).toEqual([1, expect.stringContaining('no tables in the schema')]);
  });

  describe('move', () => {
    const to = (): string[] => ['--to', String(pool.options.connectionString), '--schema', schema];
    const move = () => runCli(['move', '--from', folder.path, ...to()]);

    it('keeps epoch, places, times, versions, history, keys and state, so that every cursor goes on', async () => {
      const old = await folder.open();
      await versions(old);
      const epoch = old.log.epoch;
      const { entries } = await old.log.read(0);
      const revision = (await old.state.get('sessions', 's1'))?.revision;
      await old.close();
      const { code, out } = await move();
      expect([code, out]).toEqual([0, expect.stringContaining('Moved 2 records and 6 entries')]);
      await store.open();
      expect(store.log.epoch).toBe(epoch);
      expect((await store.log.read(0)).entries).toEqual(entries);
      expect(await store.load('team', 'a')).toMatchObject({ version: 3, record: { n: 3 } });
      expect(await store.load('team', 'gone')).toMatchObject({ version: 2, record: null });
      expect(await store.findKey('user:u1', 'key-1')).toMatchObject({ key: 'key-1' });
      expect(await store.state.get('sessions', 's1')).toMatchObject({ value: { user: 'u1' }, revision });
      const [outcome] = await store.commit([draftWrite('a', { n: 4 }, { expectedVersion: 3, before: { n: 3 } })]);
      expect(outcome).toMatchObject({ status: 'committed', entry: { seq: 7 } });
      const staged = { resource: 'team', id: 'b', record: { n: 1 }, actor: { id: 's', name: 's', kind: 'server' } as const, mutationId: null, notify: true }; // prettier-ignore
      await store.staging?.stage(pool, staged);
      const taken: object[] = [];
      await store.staging?.take(['team'], async (change) => {
        taken.push(change);
        return { status: 'told' };
      });
      expect(taken).toEqual([{ ...staged, change: expect.any(String), isRow: false, fault: null }]);
      expect((await runCli(['verify', ...where])).code).toBe(0);
    });

    it('marks the folder: no server and no command works on it by accident, and one rename leads back', async () => {
      const old = await folder.open();
      await versions(old);
      await old.close();
      expect((await move()).code).toBe(0);
      expect(await folder.openError()).toContain('FOLDER_UNUSABLE');
      for (const words of [
        ['verify', '--data-dir', folder.path],
        ['move', '--from', folder.path, ...to()],
      ]) {
        const { code, errors } = await runCli(words);
        expect([code, errors]).toEqual([1, expect.stringContaining(`was moved to the database 127.0.0.1`)]);
        expect(errors).not.toContain('test:test');
      }
      await undoMark();
      const back = await folder.open();
      expect((await back.load('team', 'a'))?.version).toBe(3);
      await back.close();
    });

    it('killed in the middle it goes on where it was, and nothing is missing or there twice', async () => {
      const old = await folder.open();
      for (let n = 0; n < 24; n += 1)
        await old.commit(Array.from({ length: 1_000 }, (_, index) => draftWrite(`r${n}-${index}`, { n, text: 'x'.repeat(50) }, { expectedVersion: 0 }))); // prettier-ignore
      const { head, epoch } = { head: old.log.head(), epoch: old.log.epoch };
      await old.close();
      const running = startCli(['move', '--from', folder.path, ...to()]);
      await waitUntil('ten thousand entries are copied', () => running.errors().includes('10000 entries copied'));
      running.child.kill('SIGKILL');
      await running.ended;
      const { rows } = await pool.query<{ count: string }>(`select count(*) from ${schema}_moving.log`);
      const copied = Number(rows[0]?.count);
      expect(copied).toBeGreaterThanOrEqual(10_000);
      expect(copied).toBeLessThan(head);
      // What is half there is no installation: its schema does not exist yet.
      expect((await pool.query(`select to_regclass('${schema}.meta') as found`)).rows).toEqual([{ found: null }]);
      const { code, errors } = await move();
      expect([code, errors]).toEqual([0, expect.stringContaining('going on where it was')]);
      await store.open();
      expect([store.log.epoch, store.log.head()]).toEqual([epoch, head]);
      expect((await runCli(['verify', ...where])).out).toContain('ok: 24000 entries and 24000 records');
    });

    it('begins anew when the folder was used after an interruption, and only marks it when all was done', async () => {
      const old = await folder.open();
      await versions(old);
      await old.close();
      expect((await move()).code).toBe(0);
      // As a kill between the last step in the database and the mark leaves it.
      await undoMark();
      const again = await move();
      expect([again.code, again.errors]).toEqual([
        0,
        expect.stringContaining('came to its end before the folder was marked'),
      ]);
      await undoMark();
      // As a kill before the rename leaves it, and then a server saved in the folder.
      await pool.query(`alter schema ${schema} rename to ${schema}_moving`);
      await pool.query(`create table ${schema}_moving.move (source text not null)`);
      await pool.query(`insert into ${schema}_moving.move select epoch || ':' || seq from ${schema}_moving.meta`);
      const used = await folder.open();
      await used.commit([draftWrite('a', { n: 4 }, { expectedVersion: 3, before: { n: 3 } })]);
      await used.close();
      const anew = await move();
      expect([anew.code, anew.errors]).toEqual([0, expect.stringContaining('beginning anew')]);
      await store.open();
      expect(await store.load('team', 'a')).toMatchObject({ version: 4, record: { n: 4 } });
    });

    it('refuses a folder in use, a copy, a folder that is none, and a schema that exists; nothing is changed', async () => {
      const old = await folder.open();
      await versions(old);
      const used = await move();
      expect([used.code, used.errors]).toEqual([1, expect.stringContaining('FOLDER_OWNED')]);
      await old.close();
      const copy = await folder.copyTo('copy');
      const copied = await runCli(['move', '--from', copy, ...to()]);
      expect([copied.code, copied.errors]).toEqual([1, expect.stringContaining('is a copy of another one')]);
      const none = await runCli(['move', '--from', temporary.at('none'), ...to()]);
      expect([none.code, none.errors]).toEqual([1, expect.stringContaining('is not a data folder')]);
      await pool.query(`create schema ${schema}`);
      const taken = await move();
      expect([taken.code, taken.errors]).toEqual([1, expect.stringContaining(`schema ${schema} exists already`)]);
      expect(await folder.openError()).toBe('opened');
    });

    async function undoMark(): Promise<void> {
      await rm(`${folder.path}/moved.json`);
      await rename(`${folder.path}/epoch.before-move.json`, `${folder.path}/epoch.json`);
    }
  });
});
