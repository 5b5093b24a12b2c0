import { defineResource } from 'backoffice-sync';
import { afterEach, expect, it } from 'vitest';
import { z } from 'zod';
import { authenticateAs } from '../../helpers/authenticateAs.ts';
import { startSync, testResources, type Started } from '../../helpers/startSync.ts';

interface Answer {
  readonly cursor: string;
  readonly members?: string;
  readonly messages: readonly {
    readonly type: string;
    readonly members?: readonly { readonly user: { readonly id: string } }[];
    readonly change?: { readonly id: string };
  }[];
}

const pages = defineResource({ name: 'pages', schema: z.object({ text: z.string() }) });
let at: Started;
afterEach(() => at.stop());

const start = async () => {
  at = await startSync({ authenticate: (request) => authenticateAs(request), resources: [...testResources, pages] });
};
const as = (user: string) => ({ authorization: `As ${user}:admin`, 'content-type': 'application/json' });
const poll = async (user: string, query: string) =>
  (await (await fetch(`${at.url}/api/sync/poll?${query}`, { headers: as(user) })).json()) as Answer;

it.each(['x', '\u20ac'])(
  'a poll ends after a megabyte of %s, the next one goes on from there, and nothing is lost or repeated',
  async (letter) => {
    await start();
    const { cursor } = await poll('ann', 'since=0&resources=pages');
    const ids = ['a', 'b', 'c', 'd', 'e'];
    for (const id of ids)
      await fetch(`${at.url}/api/pages`, {
        method: 'POST',
        headers: as('ann'),
        body: JSON.stringify({ id, text: letter.repeat(400_000 / Buffer.byteLength(letter)) }),
      });
    const told: string[][] = [];
    for (let since = cursor; told.flat().length < ids.length;) {
      const answer = await poll('ann', `since=${since}&resources=pages`);
      told.push(answer.messages.map(({ change }) => change?.id ?? ''));
      expect(answer.messages.length).toBeGreaterThan(0);
      since = answer.cursor;
    }
    expect(told).toEqual([
      ['a', 'b', 'c'],
      ['d', 'e'],
    ]);
  },
);

it('a poll that waits is answered when somebody comes into a channel that it follows, and when he goes', async () => {
  await start();
  const { cursor } = await poll('ann', 'since=0&resources=settings&channels=desk');
  const say = (state: object | null) =>
    fetch(`${at.url}/api/sync/presence`, {
      method: 'POST',
      headers: as('bob'),
      body: JSON.stringify({ channel: 'desk', key: 'tab', state }),
    });
  const waiting = async () => {
    const answered = poll('ann', `since=${cursor}&resources=settings&channels=desk&wait=30`);
    // It waits as soon as it is counted.
    await expect
      .poll(async () => {
        const status = await (await fetch(`${at.url}/api/sync/status`, { headers: as('ann') })).json();
        return (status as { transports: { poll: number } }).transports.poll;
      })
      .toBe(1);
    return { answered };
  };
  const who = ({ messages }: Answer) => messages.flatMap(({ members }) => members?.map(({ user }) => user.id) ?? []);
  const first = await waiting();
  await say({ field: 'name' });
  expect(who(await first.answered)).toEqual(['bob']);
  const second = await waiting();
  await say(null);
  expect(who(await second.answered)).toEqual([]);
});

it('a poll that says whom the one before told of is answered at once when somebody came in between, and else waits', async () => {
  await start();
  const first = await poll('ann', 'since=0&resources=settings&channels=desk');
  const say = (state: object) =>
    fetch(`${at.url}/api/sync/presence`, {
      method: 'POST',
      headers: as('bob'),
      body: JSON.stringify({ channel: 'desk', key: 'tab', state }),
    });
  await say({ field: 'name' });
  const next = (members = '') =>
    poll('ann', `since=${first.cursor}&resources=settings&channels=desk&wait=30&members=${members}`);
  const startedMs = performance.now();
  const second = await next(first.members);
  expect(second.messages.flatMap(({ members = [] }) => members.map(({ user }) => user.id))).toEqual(['bob']);
  await say({ field: 'price' });
  const third = await next(second.members);
  expect(performance.now() - startedMs).toBeLessThan(15_000);
  // The same again: nothing to tell until somebody comes, goes or says something else.
  let isAnswered = false;
  const fourth = next(third.members).finally(() => (isAnswered = true));
  await poll('ann', `since=${first.cursor}&resources=settings&channels=desk`);
  expect(isAnswered).toBe(false);
  await say({ field: 'role' });
  expect((await fourth).members).not.toBe(third.members);
});

it.each(['', '&resources=pages', '&resources=pages&wait=20'])(
  'a poll%s from beyond the end of the log is told so once, and goes on from where the log is',
  { timeout: 10_000 },
  async (query) => {
    await start();
    await at.sync.emitCreated('pages', 'a', { text: 'x' });
    const { cursor } = await poll('ann', 'since=0&resources=pages');
    const [epoch = '', seq] = cursor.split(':');
    const ahead = await poll('ann', `since=${epoch}:${Number(seq) + 1_000}${query}`);
    expect(ahead).toMatchObject({ recovered: false, cursor });
    expect(ahead.messages).toMatchObject([{ type: 'reset' }]);
    expect(await poll('ann', `since=${ahead.cursor}&resources=pages`)).toMatchObject({ recovered: true, messages: [] });
  },
);

it(
  'a poll without a place is told at once where it begins, however long it would wait',
  { timeout: 10_000 },
  async () => {
    await start();
    expect(await poll('ann', 'resources=pages&wait=30')).toMatchObject({
      messages: [{ type: 'reset', reason: 'start' }],
    });
  },
);
