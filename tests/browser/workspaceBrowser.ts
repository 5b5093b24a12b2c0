import type { Locator, Page } from 'playwright-core';
import { openBrowser, type OpenBrowser } from '../helpers/openBrowser.ts';
import type { Shipped } from '../helpers/startShipped.ts';

/** Somebody's page of the example workspace. */
export interface WorkspacePage {
  readonly page: Page;
  readonly browser: OpenBrowser;
  /** The card of a goal, by its name. */
  goal(name: string): Locator;
  /** Opens the form of a goal. */
  edit(name: string): Promise<Locator>;
}

/** What somebody sees once he signed in, in a browser of his own. */
export async function openWorkspace(
  server: Shipped,
  username: string,
  options: { before?: (page: Page, browser: OpenBrowser) => Promise<void>; state?: string } = {},
): Promise<WorkspacePage> {
  const browser = await openBrowser();
  const page = await browser.page();
  await options.before?.(page, browser);
  await page.goto(`${server.url}/`);
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password').fill(`${username}-example`);
  await page.keyboard.press('Enter');
  await page.locator('.card').first().waitFor();
  await page.locator(`[data-realtime-state=${options.state ?? 'live'}]`).waitFor();
  return { ...pageOf(page), browser };
}

/** Another tab of the same browser, which is signed in already. */
export async function openTab(server: Shipped, of: WorkspacePage): Promise<WorkspacePage> {
  const page = await of.browser.page();
  await page.goto(`${server.url}/`);
  await page.locator('[data-realtime-state=live]').waitFor();
  return { ...pageOf(page), browser: of.browser };
}

function pageOf(page: Page): Pick<WorkspacePage, 'page' | 'goal' | 'edit'> {
  const goal = (name: string) =>
    page.locator('.card').filter({ has: page.getByRole('heading', { name, exact: true, level: 3 }) });
  return {
    page,
    goal,
    async edit(name) {
      await goal(name).getByRole('button', { name: 'Edit' }).click();
      return goal(name).locator('form');
    },
  };
}
