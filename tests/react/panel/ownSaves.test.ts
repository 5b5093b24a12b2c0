import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRealtimeSyncService, SyncRequestError, type RealtimeSyncService } from 'backoffice-sync/client';
import { apiToken, startSync, type Started } from '../../helpers/startSync.ts';

let at: Started;
let statuses: number[];
let open: RealtimeSyncService[];

beforeEach(async () => {
  at = await startSync();
  statuses = [];
  open = [];
});
afterEach(async () => {
  for (const service of open) service.close();
  await at.stop();
});

/** The save queue of one tab; `statuses` has the answers to the saves of all tabs. */
function openTab(): RealtimeSyncService {
  const counted: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    if (init?.method !== 'GET') statuses.push(response.status);
    return response;
  };
  const service = createRealtimeSyncService({ backendUrl: at.url, token: apiToken, fetch: counted, coalesceMs: 5 });
  open.push(service);
  return service;
}
const stored = async () => (await at.send('GET', '/api/team/m1')).json();

describe('saves of one person', () => {
  test('ten queued edits of one field never conflict with each other, whatever another tab saves in between', async () => {
    const [tab, other] = [openTab(), openTab()];
    await Promise.all([tab.load('/api/team/m1'), other.load('/api/team/m1')]);
    const saves = Array.from({ length: 10 }, async (_, index) => {
      const mine = tab.queueSync('/api/team/m1', 'PATCH', { role: `role ${index + 1}` });
      if (index % 2 === 0) await other.sync('/api/team/m1', 'PATCH', { phone: `phone ${index}` });
      return mine;
    });
    await Promise.all(saves);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    expect(await stored()).toMatchObject({ role: 'role 10', phone: 'phone 8' });
  });

  test.each([
    ['mine', 'mine'],
    ['theirs', 'theirs'],
  ] as const)('“%s” ends a conflict in exactly one round trip', async (choice, result) => {
    const tab = openTab();
    await tab.load('/api/team/m1');
    await at.send('PATCH', '/api/team/m1', { role: 'theirs', phone: 'colleague' });
    const refused = await tab
      .sync('/api/team/m1', 'PATCH', { role: 'mine', name: 'Camille M.' })
      .catch((error) => error);
    expect(refused).toBeInstanceOf(SyncRequestError);
    expect(statuses).toEqual([409]);
    await tab.resolve((refused as SyncRequestError).entryId ?? '', choice);
    expect(statuses).toEqual([409, 200]);
    expect(await stored()).toMatchObject({ role: result, name: 'Camille M.', phone: 'colleague' });
  });
});
