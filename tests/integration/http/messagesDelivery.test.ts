import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lowdbStore, type Store } from 'backoffice-sync';
import { removedMessages } from '../../../backend/log/removedMessages.ts';
import { authenticateAs } from '../../helpers/authenticateAs.ts';
import { startSync, type Started } from '../../helpers/startSync.ts';

interface Poll {
  readonly messages: readonly { readonly type: string; readonly [more: string]: unknown }[];
  readonly cursor: string;
  readonly recovered: boolean;
}

let folder: string;
let api: Started;
let store: Store;
/** How far the log's clock is behind: what is sent now is that old. */
let behindMs: number;
beforeEach(async () => {
  behindMs = 600_000;
  folder = await mkdtemp(join(tmpdir(), 'messages-'));
  store = lowdbStore({ folder, now: () => Date.now() - behindMs });
  api = await startSync({ store, authenticate: authenticateAs });
});
afterEach(async () => {
  await api.stop();
  await rm(folder, { recursive: true, force: true });
});

const headers = (user: string) => ({ authorization: `As ${user}`, 'content-type': 'application/json' });
const poll = async (user: string, query: string) =>
  (await (await fetch(`${api.url}/api/sync/poll?${query}`, { headers: headers(user) })).json()) as Poll;
const place = async () => ((await (await fetch(`${api.url}/api/sync/status`)).json()) as { cursor: string }).cursor;
const save = (companyName: string) =>
  fetch(`${api.url}/api/settings`, {
    method: 'PATCH',
    headers: { ...headers('ada'), 'if-match': '*' },
    body: JSON.stringify({ companyName }),
  });
const named = ({ messages }: Poll) =>
  messages.map((one) => (one.type === 'reset' ? `reset ${String(one['scope'])} ${String(one['reason'])}` : one.type));

describe('messages that a reader was away for', () => {
  it('an expired one is a reset of messages for whom it was, and nothing for anybody else', async () => {
    const since = await place();
    await api.sync.emitEvent('test', 'old', { userIds: ['ada'] });
    await save('One');
    behindMs = 0;
    await api.sync.emitEvent('test', 'young', { userIds: ['ada'] });
    expect(named(await poll('ada', `since=${since}&resources=settings`))).toEqual(['reset messages expired', 'change', 'message']); // prettier-ignore
    expect(named(await poll('bob', `since=${since}&resources=settings`))).toEqual(['change']);
  });

  it('one that more than a thousand newer ones have pushed out is a reset of messages', async () => {
    behindMs = 0;
    const since = await place();
    await Promise.all(Array.from({ length: 1_003 }, (_, n) => api.sync.emitEvent('test', n, { userIds: ['ada'] })));
    const told: string[] = [];
    for (let from = since, before = -1; told.length > before;) {
      before = told.length;
      const answer = await poll('ada', `since=${from}&resources=`);
      told.push(...named(answer));
      from = answer.cursor;
    }
    expect(told.filter((name) => name === 'message').length).toBe(1_000);
    expect(new Set(told.slice(0, -1_000))).toEqual(new Set(['reset messages expired']));
  });

  it('removed ones are a reset of messages and never one of changes', async () => {
    const since = await place();
    // What a store puts in the place of messages that it let go of.
    const { seq: _, at: __, ...removed } = removedMessages({ seq: 0, at: 0 });
    await store.commit([{ entry: removed }]);
    await save('Two');
    behindMs = 0;
    expect(named(await poll('ada', `since=${since}&resources=settings`))).toEqual(['reset messages expired', 'change']);
    expect(named(await poll('ada', `since=${await place()}&resources=settings`))).toEqual([]);
  });
});
