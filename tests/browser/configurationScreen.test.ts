import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, signIn, type OpenBrowser } from '../helpers/openBrowser.ts';
import { startShipped, type Shipped } from '../helpers/startShipped.ts';

describe('the configuration screen, in a browser', () => {
  let server: Shipped;
  const open: OpenBrowser[] = [];
  beforeAll(async () => {
    server = await startShipped();
  });
  afterAll(() => server.stop());
  afterEach(async () => {
    for (const browser of open.splice(0)) await browser.close();
  });
  const browse = async (): Promise<Page> => {
    const browser = await openBrowser();
    open.push(browser);
    return browser.page();
  };
  const followersOf = async (page: Page): Promise<number> => {
    await page.getByRole('button', { name: 'Refresh' }).click();
    const cells = await page.getByRole('row').filter({ hasText: 'Team' }).getByRole('cell').allInnerTexts();
    return Number(cells[3]);
  };

  it('is found in the navigation, and counts whoever follows at this moment', async () => {
    const page = await browse();
    await signIn(page, `${server.url}/admin/team`, server.password);
    await page.getByRole('link', { name: 'Configuration' }).click();
    await page.getByRole('heading', { name: 'Configuration', level: 1 }).waitFor();
    await page.getByText('Live', { exact: true }).first().waitFor();
    await expect.poll(() => followersOf(page)).toBe(1);
    const other = await browse();
    await signIn(other, `${server.url}/admin/team`, server.password);
    await expect.poll(() => followersOf(page)).toBe(2);
    await other.close();
    await expect.poll(() => followersOf(page)).toBe(1);
  });
});
