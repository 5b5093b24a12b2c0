import { randomBytes } from 'node:crypto';
import { copyFile, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lowdbStore, postgresStore, type Store } from 'backoffice-sync';
import { keyIdOf } from '../../../backend/cli/createResealer.ts';
import { createRingSealer } from '../../../backend/keyRing.ts';
import { startTestDatabase } from '../../helpers/postgres.ts';
import { startSync, type Started } from '../../helpers/startSync.ts';
import { runCli, temporaryFolder } from './runCli.ts';

const database = await startTestDatabase();
const webhooks = { allowPrivate: ['127.0.0.0/8'] };
const newKey = (): string => randomBytes(32).toString('base64');
const bytesOf = (key: string): Buffer => Buffer.from(key, 'base64');
const idOf = (key: string): string => `sealed:${keyIdOf(bytesOf(key))}:`;

/** Secrets in a record, in its history, in an account and in a record that is gone. */
async function storeSecrets(at: Started): Promise<void> {
  for (const password of ['first', 'second'])
    expect((await at.send('PATCH', '/api/mail', { password }, { 'if-match': '*' })).status).toBe(200);
  const made = await at.send('POST', '/api/webhooks', { url: 'http://127.0.0.1:8443/hook' });
  expect(made.status).toBe(201);
  expect((await at.send('DELETE', `/api/webhooks/${(await made.json()).id}`)).status).toBe(204);
}

/** The passwords of the mail settings, of every version, opened with one key. */
async function passwordsOf(store: Store, key: string): Promise<readonly string[]> {
  const sealer = createRingSealer([bytesOf(key)]);
  const versions = await store.log.history('mail', 'main', { limit: 10 });
  const sealed = [await store.load('mail', 'main'), ...versions].map((one) => one?.record?.['password']);
  return sealed.flatMap((text) => (typeof text === 'string' ? [sealer.open(text)] : []));
}
const all = ['second', 'second', 'first'];

async function expectSignIn(at: Started): Promise<void> {
  const send = await at.signIn();
  expect((await send('GET', '/api/auth/session')).status).toBe(200);
}

describe('rotate-key of a data folder', () => {
  let temporary: Awaited<ReturnType<typeof temporaryFolder>>;
  let folder: string;
  let at: Started | null;

  const start = async (): Promise<Started> => (at = await startSync({ store: lowdbStore({ folder }), webhooks }));
  const stop = async (): Promise<void> => {
    await at?.stop();
    at = null;
  };
  const keyOf = (name = 'key') => readFile(join(folder, name), 'utf8');
  /** Everything in the folder that may hold a seal. */
  const texts = async (): Promise<string> => {
    const names = (await readdir(folder, { recursive: true })).filter((name) => /\.jsonl?$/.test(name));
    return (await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))).join('\n');
  };
  const rotate = () => runCli(['rotate-key', '--data-dir', folder]);
  const stored = async (key: string): Promise<readonly string[]> => {
    const store = lowdbStore({ folder });
    await store.open();
    const passwords = await passwordsOf(store, key);
    await store.close();
    return passwords;
  };

  beforeEach(async () => {
    temporary = await temporaryFolder();
    folder = temporary.at('data');
    at = null;
    await storeSecrets(await start());
    await stop();
  });
  afterEach(async () => {
    await stop();
    await temporary.remove();
  });

  it('seals records and history with a new key that only the folder knows, and keeps the old one beside it', async () => {
    const old = await keyOf();
    expect(await texts()).toContain(idOf(old));
    const { code, out, errors } = await rotate();
    expect([code, out]).toEqual([0, expect.stringMatching(/Sealed with the new key: 2 records and \d+ entries/)]);
    const next = await keyOf();
    expect([next === old, await keyOf('key.before')]).toEqual([false, old]);
    expect(out + errors).not.toContain(old);
    expect(out + errors).not.toContain(next);
    expect(await texts()).not.toContain(idOf(old));
    expect(await stored(next)).toEqual(all);
    expect((await runCli(['verify', '--data-dir', folder])).code).toBe(0);
    await expectSignIn(await start());
  });

  it('killed in the middle it leaves a folder that a server starts on with both keys, and the next run ends it', async () => {
    await copyFile(join(folder, 'db.json'), temporary.at('db.json'));
    expect((await rotate()).code).toBe(0);
    // As a kill after the log and before the checkpoint leaves it: the new key beside the one that counts.
    await copyFile(temporary.at('db.json'), join(folder, 'db.json'));
    await rename(join(folder, 'key'), join(folder, 'key.next'));
    await rename(join(folder, 'key.before'), join(folder, 'key'));
    const [old, next] = [await keyOf(), await keyOf('key.next')];
    const running = await start();
    await expectSignIn(running);
    expect((await running.send('PATCH', '/api/mail', { password: 'third' }, { 'if-match': '*' })).status).toBe(200);
    await stop();
    expect((await rotate()).code).toBe(0);
    expect([await keyOf(), await keyOf('key.before')]).toEqual([next, old]);
    expect(await stored(next)).toEqual(['third', 'third', ...all.slice(1)]);
    expect(await texts()).not.toContain(idOf(old));
    expect((await runCli(['verify', '--data-dir', folder])).code).toBe(0);
  });

  it('refuses a folder in use, and says where a secret needs a key that is not there', async () => {
    await start();
    const used = await rotate();
    expect([used.code, used.errors]).toEqual([1, expect.stringContaining('FOLDER_OWNED')]);
    await stop();
    const before = await texts();
    const stranger = await runCli(['rotate-key', '--data-dir', folder], { SECRET_KEY: `${newKey()},${newKey()}` });
    expect([stranger.code, stranger.errors]).toEqual([1, expect.stringMatching(/^\d secrets were sealed with a key that was not given/m)]); // prettier-ignore
    const seals = (text: string) => [...text.matchAll(/"sealed:[^"]+"/g)].map(([seal]) => seal);
    expect(seals(await texts())).toEqual(seals(before));
  });
});

describe.skipIf(database === null)(`rotate-key on ${database?.version}`, () => {
  if (database === null) return;
  const pool = database.createPool();
  let schema: string;
  let nodes: Started[];
  beforeEach(() => {
    schema = database.createSchemaName();
    nodes = [];
  });
  afterEach(async () => {
    for (const node of nodes) await node.stop();
    await pool.query(`drop schema ${schema} cascade`);
  });
  afterAll(async () => {
    await pool.end();
    await database.stop();
  });
  const start = async (secretKey: string): Promise<Started> => {
    const node = await startSync({ store: postgresStore({ pool, schema }), secretKey, webhooks });
    nodes.push(node);
    return node;
  };
  const rotate = (keys: string) =>
    runCli(['rotate-key', '--database-url', database.url, '--schema', schema], { SECRET_KEY: keys });
  const texts = async (): Promise<string> => {
    const { rows } = await pool.query<{ text: string }>(
      `select entry::text as text from ${schema}.log union all select record::text from ${schema}.records`,
    );
    return rows.map(({ text }) => text).join('\n');
  };

  it('seals anew while a server with both keys saves; the new key alone is enough afterwards', async () => {
    const [old, next] = [newKey(), newKey()];
    await storeSecrets(await start(old));
    const both = await start(`${next},${old}`);
    const { rows: kept } = await pool.query(`select seq::text, entry::text from ${schema}.log where entry::text like '%sealed:%' limit 1`); // prettier-ignore
    const first = await rotate(`${next},${old}`);
    expect([first.code, first.out]).toEqual([0, expect.stringMatching(/2 records and [1-9]\d* entries/)]);
    for (const key of [old, next]) expect(first.out + first.errors).not.toContain(key);
    expect(await texts()).not.toContain(idOf(old));
    // As a kill in the middle leaves it: one entry is still as it was, and equal to nothing else.
    await pool.query(`update ${schema}.log set entry = $1::json where seq = $2`, [kept[0].entry, kept[0].seq]);
    await expectSignIn(both);
    expect((await rotate(`${next},${old}`)).out).toContain('0 records and 1 entries');
    expect((await rotate(`${next},${old}`)).out).toContain('0 records and 0 entries');
    expect((await runCli(['verify', '--database-url', database.url, '--schema', schema])).code).toBe(0);
    const alone = await start(next);
    await expectSignIn(alone);
    const store = postgresStore({ pool, schema });
    await store.open();
    expect(await passwordsOf(store, next)).toEqual(all);
    await store.close();
  });

  it('needs both keys, and says how many secrets another key sealed', async () => {
    const old = newKey();
    await storeSecrets(await start(old));
    for (const keys of ['', old]) {
      const { code, errors } = await rotate(keys);
      expect([code, errors]).toEqual([1, expect.stringContaining('SECRET_KEY=NEW,OLD')]);
    }
    const { code, errors } = await rotate(`${newKey()},${newKey()}`);
    expect([code, errors]).toEqual([1, expect.stringContaining('sealed with a key that was not given')]);
    expect(await texts()).toContain(idOf(old));
  });
});
