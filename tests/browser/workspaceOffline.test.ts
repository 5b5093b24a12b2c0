import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startShipped, type Shipped } from '../helpers/startShipped.ts';
import { openWorkspace, type WorkspacePage } from './workspaceBrowser.ts';

const minuteMs = 60_000;

describe('a page of goals without a good network', () => {
  let server: Shipped;
  let at: WorkspacePage | null = null;
  beforeAll(async () => {
    server = await startShipped({ EXAMPLE: 'workspace' });
  });
  afterAll(() => server.stop());
  afterEach(async () => {
    await at?.browser.close();
    at = null;
  });
  const save = async (method: string, path: string, body?: object) =>
    expect((await server.send(method, path, body, method === 'DELETE' ? { 'if-match': '*' } : {})).ok).toBe(true);
  const make = (id: string, name: string) =>
    save('POST', '/api/goals', { id, name, progress: 5, organization_id: 'atelier-nord' });
  const names = async (of: WorkspacePage) =>
    (await of.page.locator('.card h3').allTextContents()).filter((name) => name.startsWith('Away'));

  it('that was offline for a minute shows what others did meanwhile, once, and sends what was saved meanwhile', async () => {
    await make('away-1', 'Away, changed');
    await make('away-2', 'Away, deleted');
    at = await openWorkspace(server, 'nord-goals', {
      // The page's own clock, so that the minute passes at once.
      before: async (page) => page.clock.install(),
    });
    const { page, browser } = at;
    await at.goal('Away, deleted').waitFor();
    await browser.context.setOffline(true);
    await page.locator('[data-realtime-state=offline]').waitFor();
    const form = await at.edit('Away, changed');
    await form.getByLabel('Description').fill('Written without a network');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText('You are offline.').waitFor();
    await save('PATCH', '/api/goals/away-1', { progress: 77 });
    await save('DELETE', '/api/goals/away-2');
    await make('away-3', 'Away, created');
    await page.clock.fastForward(minuteMs);
    // Still what was there when the network went.
    expect(await names(at)).toEqual(['Away, changed', 'Away, deleted']);
    await browser.context.setOffline(false);
    await at.goal('Away, created').waitFor();
    await at.goal('Away, deleted').waitFor({ state: 'detached' });
    await at.goal('Away, changed').getByText('77%').waitFor();
    expect(await names(at)).toEqual(['Away, changed', 'Away, created']);
    await page.locator('[data-realtime-state=live]').waitFor();
    await expect
      .poll(async () => (await server.send('GET', '/api/goals/away-1')).json())
      .toMatchObject({ progress: 77, description: 'Written without a network' });
    await save('PATCH', '/api/goals/away-3', { name: 'Away, and after' });
    await at.goal('Away, and after').waitFor();
  });

  it('that lets neither sockets nor streams through is kept up to date by polling', async () => {
    at = await openWorkspace(server, 'nord-hiring', {
      state: 'polling',
      before: async (page) => {
        await page.routeWebSocket(/\/api\/sync\/ws/, (socket) => socket.close());
        await page.route(/\/api\/sync\/stream/, (route) => route.abort());
      },
    });
    await make('polled', 'By polling');
    await at.goal('By polling').waitFor();
    await save('PATCH', '/api/goals/polled', { progress: 88 });
    await at.goal('By polling').getByText('88%').waitFor();
    await save('DELETE', '/api/goals/polled');
    await at.goal('By polling').waitFor({ state: 'detached' });
  });
});
