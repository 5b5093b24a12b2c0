import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { keptDays, mostCharacters, mostDrafts } from '../../../backoffice/panel/drafts/draft.ts';
import { createDrafts, type Drafts } from '../../../backoffice/panel/drafts/openDrafts.ts';
import { openDraftStore } from '../../../backoffice/panel/drafts/openDraftStore.ts';

const place = '/api/team/t1';
let name: string;
let living: Set<string>;
beforeEach(() => {
  name = `drafts ${Math.random()}`;
  living = new Set();
});
afterEach(() => vi.useRealTimers());

const edits = (value: string) => new Map([['role', { value, base: 'as stored' }]]);
/** A tab of the browser, as long as it stands in `living`. */
async function openTab(tab: string): Promise<Drafts> {
  living.add(tab);
  return createDrafts(await openDraftStore(name, Date.now()), { tab, living: async () => new Set(living) });
}
const texts = async (tab: Drafts, user = 'ada', at = place) =>
  (await tab.left(user, at)).map(({ edits }) => edits.get('role')?.value);

describe('a draft', () => {
  test('is offered by no other tab while its own lives, and by each once that is gone', async () => {
    await (await openTab('first')).keep('ada', place, edits('typed'));
    const second = await openTab('second');
    expect(await texts(second)).toEqual([]);
    living.delete('first');
    expect(await texts(second)).toEqual(['typed']);
  });

  test('keeps what each field was typed on', async () => {
    const tab = await openTab('first');
    await tab.keep('ada', place, edits('typed'));
    expect((await tab.left('ada', place))[0]?.edits.get('role')).toEqual({ value: 'typed', base: 'as stored' });
  });

  test('is one for each tab and place, and the newest is offered first', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const [first, second] = [await openTab('first'), await openTab('second')];
    await first.keep('ada', place, edits('older'));
    vi.setSystemTime(Date.now() + 1000);
    await second.keep('ada', place, edits('typ'));
    await second.keep('ada', place, edits('typed'));
    await second.keep('ada', '/api/team', edits('of a new one'));
    living.clear();
    expect(await texts(await openTab('third'))).toEqual(['typed', 'older']);
  });

  test('is offered to nobody else who signs in in the same browser', async () => {
    const tab = await openTab('first');
    await tab.keep('ada', place, edits('typed'));
    expect(await texts(tab, 'bob')).toEqual([]);
    expect(await texts(tab)).toEqual(['typed']);
  });

  test('ends when nothing is typed any more', async () => {
    const tab = await openTab('first');
    await tab.keep('ada', place, edits('typed'));
    await tab.keep('ada', place, new Map());
    expect(await texts(tab)).toEqual([]);
  });

  test('that is longer than the limit is not kept, not even the part before it', async () => {
    const tab = await openTab('first');
    await tab.keep('ada', place, edits('typed'));
    await tab.keep('ada', place, edits('x'.repeat(mostCharacters)));
    expect(await texts(tab)).toEqual([]);
  });

  test(`is kept for ${keptDays} days`, async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    await (await openTab('first')).keep('ada', place, edits('typed'));
    living.clear();
    vi.setSystemTime(Date.now() + keptDays * 86_400_000 - 1);
    expect(await texts(await openTab('second'))).toEqual(['typed']);
    vi.setSystemTime(Date.now() + 1);
    expect(await texts(await openTab('third'))).toEqual([]);
  });

  test(`is one of at most ${mostDrafts} in a browser, of which the oldest go`, async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const tab = await openTab('first');
    for (let at = 0; at <= mostDrafts; at += 1) {
      vi.setSystemTime(Date.now() + 1000);
      await tab.keep('ada', `/api/team/${at}`, edits('typed'));
    }
    const next = await openTab('second');
    living.clear();
    expect(await texts(next, 'ada', '/api/team/0')).toEqual([]);
    expect(await texts(next, 'ada', '/api/team/1')).toEqual(['typed']);
  });
});
