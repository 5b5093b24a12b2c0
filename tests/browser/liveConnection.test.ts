import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, signIn, type OpenBrowser } from '../helpers/openBrowser.ts';
import { startShipped, type Shipped } from '../helpers/startShipped.ts';

describe('the live connection of the panel, in a browser', () => {
  let server: Shipped;
  const open: OpenBrowser[] = [];
  beforeAll(async () => {
    server = await startShipped();
  });
  afterAll(() => server.stop());
  afterEach(async () => {
    for (const browser of open.splice(0)) await browser.close();
  });
  const browse = async (): Promise<OpenBrowser> => {
    const browser = await openBrowser();
    open.push(browser);
    return browser;
  };
  const show = async (page: Page) => {
    await signIn(page, `${server.url}/admin/settings`, server.password);
    await page.locator('[data-save-bar]').waitFor();
  };
  const isShown = (page: Page, state: string) => page.getByText(state, { exact: true }).first().waitFor();
  const company = (page: Page) => page.getByRole('textbox', { name: /^Company/ }).first();
  const rename = async (companyName: string) =>
    expect((await server.send('PATCH', '/api/settings', { companyName })).status).toBe(200);

  it('leaves room for saving however many tabs of one browser are open', async () => {
    const browser = await browse();
    const pages: Page[] = [await browser.page()];
    await show(pages[0] as Page);
    // A browser opens six ordinary connections to one site: a seventh tab would wait for ever.
    while (pages.length < 8) {
      const page = await browser.page();
      await page.goto(`${server.url}/admin/settings`);
      await page.locator('[data-save-bar]').waitFor();
      pages.push(page);
    }
    for (const page of pages) await isShown(page, 'Live');
    const [first] = pages as [Page];
    await first.bringToFront();
    await company(first).fill('Of eight tabs');
    await first.keyboard.press('Control+s');
    await first.locator('[data-save-bar=clean]').waitFor();
    for (const page of pages) await expect.poll(() => company(page).inputValue()).toBe('Of eight tabs');
  });

  it('goes on over the stream where sockets are not let through, and by polling where that is not either', async () => {
    for (const [blocked, state, name] of [
      [['socket'], 'Live', 'Over the stream'],
      [['socket', 'stream'], 'Refreshing every few seconds', 'By polling'],
    ] as const) {
      const page = await (await browse()).page();
      await page.routeWebSocket(/\/api\/sync\/ws/, (socket) => socket.close());
      if (blocked.length > 1) await page.route(/\/api\/sync\/stream/, (route) => route.abort());
      await show(page);
      await isShown(page, state);
      await rename(name);
      await expect.poll(() => company(page).inputValue(), { timeout: 20_000 }).toBe(name);
    }
  });

  it('shows what was saved while the network was away, and what is saved after it, each once', async () => {
    const browser = await browse();
    const page = await browser.page();
    await show(page);
    await isShown(page, 'Live');
    await browser.context.setOffline(true);
    await rename('While it was away');
    await browser.context.setOffline(false);
    await expect.poll(() => company(page).inputValue(), { timeout: 20_000 }).toBe('While it was away');
    await isShown(page, 'Live');
    await rename('And after');
    await expect.poll(() => company(page).inputValue()).toBe('And after');
  });
});
