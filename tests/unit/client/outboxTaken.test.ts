import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { describeProblem, type SyncRequestError } from 'backoffice-sync/client';
import { openOutboxPages, type OutboxPage, type OutboxPages } from './openOutboxPages.ts';

let at: OutboxPages;
beforeEach(async () => {
  at = await openOutboxPages();
});
afterEach(() => at.close());
const ignored = (promise: Promise<unknown>) => void promise.catch(() => undefined);

describe('a tab that was wrongly taken for dead', () => {
  /** Two offline tabs: the first has made a save, which the second one has taken over. */
  const openTaken = async (): Promise<{ first: OutboxPage; second: OutboxPage; taken: Promise<unknown> }> => {
    const first = at.open();
    await first.outbox.signIn('u1');
    await first.service.load('/api/settings');
    first.setOnline(false);
    const taken = first.service.queueSync('/api/settings', 'PUT', { name: 'n1', phone: 'p0' }).catch((error) => error);
    expect(await first.outbox.kept()).toBe(true);
    first.freeze();
    const second = at.open({ online: false });
    await second.outbox.signIn('u1');
    expect(second.entries()).toHaveLength(1);
    return { first, second, taken };
  };
  const areEmpty = (...all: readonly OutboxPage[]) =>
    vi.waitFor(() => expect(all.flatMap((page) => page.entries())).toEqual([]), { timeout: 12_000 });

  it('sends nothing that another one has taken over, says so, and goes on with what was typed since', async () => {
    const { first, second, taken } = await openTaken();
    ignored(first.service.queueSync('/api/settings', 'PUT', { name: 'n2', phone: 'p0' }));
    expect(first.entries()).toHaveLength(1);
    first.setOnline(true);
    const { problem } = (await taken) as SyncRequestError;
    expect(describeProblem(problem, 'en')).toBe('Another tab saves this. Nothing is lost.');
    second.setOnline(true);
    await areEmpty(first, second);
    expect(at.stored()).toMatchObject({ name: 'n2', version: 3 });
    const bodies = new Map(at.server.saves.map(({ headers, text }) => [headers['idempotency-key'], text]));
    for (const { headers, text } of at.server.saves) expect(bodies.get(headers['idempotency-key'])).toBe(text);
  }, 15_000);

  it('is in no conflict with what the other one stores: what is saved next is typed later', async () => {
    const { first, second } = await openTaken();
    const next = first.service.sync('/api/settings', 'PUT', { name: 'n2', phone: 'p2' });
    expect(await first.outbox.kept()).toBe(true);
    second.setOnline(true);
    first.setOnline(true);
    await next;
    await areEmpty(first, second);
    expect(at.stored()).toMatchObject({ name: 'n2', phone: 'p2', version: 3 });
  }, 15_000);
});
