import type pg from 'pg';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogEntry, MessageDraft } from '../../../backend/log/entry.ts';
import { follow } from '../../../backend/log/follow.ts';
import { postgresStore } from '../../../backend/stores/postgres/index.ts';
import { pruneLog } from '../../../backend/stores/postgres/pruneLog.ts';
import type { Store } from '../../../backend/stores/store.ts';
import { draftWrite } from '../../../backend/testing/draftWrite.ts';
import { startTestDatabase } from '../../helpers/postgres.ts';

const database = await startTestDatabase();
const hourMs = 3_600_000;

describe.skipIf(database === null)(`messages in the log of ${database?.version}`, () => {
  if (database === null) return;
  let schema: string;
  let pool: pg.Pool;
  let node: Store;

  beforeEach(async () => {
    schema = database.createSchemaName();
    pool = database.createPool();
    node = postgresStore({ pool, schema, safetyPollMs: hourMs });
    await node.open();
  });
  afterEach(async () => {
    await node.close();
    await pool.query(`drop schema ${schema} cascade`);
    await pool.end();
  });
  afterAll(() => database.stop());

  const message = (id: string): { readonly entry: MessageDraft } => ({
    entry: { kind: 'message', id, type: 'test', payload: null, to: { kind: 'users', ids: ['u1'] }, from: null },
  });
  const change = (version: number) => draftWrite('a', { version }, { expectedVersion: version - 1 });
  /** Nothing of records is old; all messages are. */
  const pruneMessages = () =>
    pruneLog({ pool, schema, keptVersions: 1, olderThan: 0, messagesOlderThan: Date.now() + hourMs });
  const nameOf = (entry: LogEntry): string =>
    entry.kind === 'change' ? `a${entry.version}` : entry.kind === 'message' ? entry.id || entry.type : 'key';
  const named = async (after = 0) => (await node.log.read(after)).entries.map(nameOf);

  it('old messages go without raising the floor, and one entry says that they were there', async () => {
    await node.commit([message('m1'), change(1), message('m2'), message('m3'), change(2)]);
    const before = (await node.log.read(0)).entries;
    await pruneMessages();
    const page = await node.log.read(0);
    expect(page.entries.map(nameOf)).toEqual(['a1', 'sync.removed', 'a2']);
    expect([page.floor, page.head, page.entries[1]?.seq, page.entries[1]?.at]).toEqual([0, 5, 4, before[3]?.at]);
    await node.commit([message('m4'), change(3), message('m5')]);
    await pruneMessages();
    await pruneMessages();
    expect(await named()).toEqual(['a1', 'a2', 'a3', 'sync.removed']);
    expect((await node.log.read(0)).floor).toBe(0);
  });

  it('a reader that resumes behind a removed message passes the entry that says so; one that is past it does not', async () => {
    await node.commit([message('m1'), change(1), message('m2'), change(2)]);
    await pruneMessages();
    for (const [after, told] of [
      [0, ['a1', 'sync.removed', 'a2']],
      [2, ['sync.removed', 'a2']],
      [3, ['a2']],
    ] as const) {
      const seen: string[] = [];
      const signal = new AbortController().signal;
      for await (const item of follow({ log: node.log, after: { epoch: node.log.epoch, seq: after }, signal })) {
        seen.push(item.type === 'reset' ? item.reason : nameOf(item.entry));
        if (item.type === 'entry' && item.entry.seq === 4) break;
      }
      expect([after, seen]).toEqual([after, told]);
    }
  });

  it('messages that are as old as the oldest changes do not raise the floor over the changes that are kept', async () => {
    await node.commit([change(1), message('m1'), message('m2')]);
    await pruneLog({ pool, schema, keptVersions: 1, olderThan: Date.now() + hourMs, messagesOlderThan: 0 });
    const page = await node.log.read(0);
    expect([page.floor, page.entries.map(nameOf)]).toEqual([0, ['a1', 'm1', 'm2']]);
  });

  it('nodes that remove messages at the same moment leave an entry for what both removed', async () => {
    await node.commit([message('m1'), message('m2'), change(1), message('m3')]);
    await Promise.all([pruneMessages(), pruneMessages(), pruneMessages()]);
    expect(await named()).toEqual(['a1', 'sync.removed']);
    expect((await node.log.read(0)).entries[1]?.seq).toBe(4);
  });
});
