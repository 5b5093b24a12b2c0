import 'fake-indexeddb/auto';
import { afterEach, expect, test, vi } from 'vitest';
import { createPanelServices } from '../../../backoffice/panel/data/createPanelServices.ts';
import type { Session } from '../../../backoffice/panel/data/useSession.ts';

afterEach(() => vi.unstubAllGlobals());

test('a save waits for the person who made it: whoever signs in meanwhile neither sees nor sends it', async () => {
  let isDown = true;
  const sent: string[] = [];
  vi.stubGlobal('fetch', async (_url: string, init: RequestInit) => {
    if (isDown) throw new TypeError('Failed to fetch');
    sent.push(String(init.body));
    return new Response('{"id":"t1","version":2,"role":"of Ada"}', { headers: { 'content-type': 'application/json' } });
  });
  const { saves, queries } = createPanelServices({ backendUrl: '', siteUrl: null, title: '' });
  const signIn = (id: string | null) =>
    queries.setQueryData<Session>(['session'], { user: id === null ? null : { id, name: id, role: 'admin' } });
  signIn('ada');
  const service = await saves.open();
  const outbox = await saves.outbox();
  service.sync('/api/team/t1', 'PATCH', { role: 'of Ada' }, { base: { role: '' } }).catch(() => undefined);
  expect(await outbox.kept()).toBe(true);
  signIn(null);
  await vi.waitFor(() => expect(saves.getState().entries).toEqual([]));
  isDown = false;
  signIn('bob');
  await saves.setUser('bob');
  expect(await outbox.kept()).toBe(true);
  expect(saves.getState().entries).toEqual([]);
  expect(sent).toEqual([]);
  signIn('ada');
  await vi.waitFor(() => expect(sent).toEqual([expect.stringContaining('of Ada')]), { timeout: 5000 });
  service.close();
}, 20_000);
