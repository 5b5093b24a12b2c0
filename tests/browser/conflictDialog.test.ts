import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, signIn, type OpenBrowser } from '../helpers/openBrowser.ts';
import { startShipped, type Shipped } from '../helpers/startShipped.ts';

const artifacts = fileURLToPath(new URL('../artifacts/', import.meta.url));

/** Counts the saves of a page from now on. */
function countSaves(page: Page): () => readonly number[] {
  const statuses: number[] = [];
  page.on('response', (response) => {
    const isSave = response.request().method() !== 'GET' && /\/api\/(team|settings|services)/.test(response.url());
    if (isSave) statuses.push(response.status());
  });
  return () => statuses;
}

const dialog = (page: Page) => page.getByRole('dialog');
const isClean = (page: Page) => page.locator('[data-save-bar=clean]').waitFor();

describe('the dialog of conflicts in a browser', () => {
  let server: Shipped;
  const open: OpenBrowser[] = [];
  beforeAll(async () => {
    mkdirSync(artifacts, { recursive: true });
    server = await startShipped();
  });
  afterAll(() => server.stop());
  afterEach(async () => {
    for (const browser of open.splice(0)) await browser.close();
  });
  const browse = async (path: string, options: Parameters<typeof openBrowser>[0] = {}): Promise<Page> => {
    const browser = await openBrowser(options);
    open.push(browser);
    const page = await browser.page();
    await signIn(page, `${server.url}/admin/${path}`, server.password);
    await page.locator('[data-save-bar]').waitFor();
    return page;
  };
  const stored = async (path: string) => (await server.send('GET', `/api/${path}`)).json();
  /** Waits until the stream has told the page what a colleague changed: the field under the cursor says so. */
  const told = (page: Page) =>
    page
      .getByText(/changed this too|a aussi modifié/)
      .first()
      .waitFor();

  it('goes from two people’s edits to one result by keyboard alone, with one save', async () => {
    const [first, second] = await Promise.all([browse('team/bruno-l'), browse('team/bruno-l')]);
    await second.getByLabel('Role').focus();
    await second.keyboard.press('Control+a');
    await second.keyboard.type('Role of the second');
    await first.getByLabel('Role').fill('Role of the first');
    await first.keyboard.press('Control+s');
    await isClean(first);
    await told(second);
    const saves = countSaves(second);
    await second.keyboard.press('Control+s');
    await dialog(second).waitFor();
    await expect.poll(() => second.evaluate(() => document.activeElement?.tagName)).toBe('H2');

    await second.keyboard.press('Escape');
    await dialog(second).waitFor({ state: 'detached' });
    await expect.poll(() => second.evaluate(() => (document.activeElement as HTMLInputElement).name)).toBe('role');
    expect(await second.getByLabel('Role').inputValue()).toBe('Role of the second');
    await second.locator('[data-save-bar]').getByText('Conflict to settle', { exact: true }).first().waitFor();
    await second.keyboard.press('Control+s');
    await dialog(second).waitFor();

    const focused = () => second.evaluate(() => document.activeElement?.closest('[role=dialog]') !== null);
    for (let step = 0; step < 12; step++) {
      await second.keyboard.press('Tab');
      expect(await focused()).toBe(true);
    }
    await second.keyboard.press('Control+Enter');
    await second.keyboard.press('Space');
    await second.keyboard.press('ArrowRight');
    await second.keyboard.press('ArrowRight');
    await second.keyboard.press('ArrowRight');
    await second.keyboard.press('ArrowRight');
    await second.keyboard.press('ArrowLeft');
    const editor = dialog(second).getByRole('textbox', { name: /^Role/ });
    await editor.waitFor();
    await second.keyboard.press('Tab');
    await second.keyboard.press('Control+a');
    await second.keyboard.type('Role of both');
    await second.keyboard.press('Control+Enter');
    await dialog(second).waitFor({ state: 'detached' });
    await isClean(second);
    expect((await stored('team/bruno-l')).role).toBe('Role of both');
    expect(saves()).toEqual([409, 200]);
  });

  it.each([
    ['Keep mine', 'mine', [409, 200]],
    // What is stored is theirs already: with nothing else to save there is nothing to send.
    ['Take the version of api', 'theirs', [409]],
  ] as const)('“%s” ends a conflict without a second question', async (choice, result, statuses) => {
    const page = await browse('team/theo-v');
    const role = page.getByRole('textbox', { name: /^Role/ });
    await role.fill('mine');
    await server.send('PATCH', '/api/team/theo-v', { role: `theirs` });
    await told(page);
    const saves = countSaves(page);
    await page.keyboard.press('Control+s');
    await page.getByRole('radio', { name: choice }).check();
    await page.keyboard.press('Control+Enter');
    await isClean(page);
    await dialog(page).waitFor({ state: 'detached' });
    expect((await stored('team/theo-v')).role).toBe(result);
    expect(await role.inputValue()).toBe(result);
    expect(saves()).toEqual(statuses);
    await server.send('PATCH', '/api/team/theo-v', { role: 'before' });
  });

  it('taking theirs beside another field of mine ends in one round trip that saves the other field', async () => {
    const page = await browse('team/theo-v');
    await page.getByRole('textbox', { name: /^Role/ }).fill('mine');
    await page.getByLabel('E-mail').fill('theo@example.com');
    await server.send('PATCH', '/api/team/theo-v', { role: 'theirs' });
    await told(page);
    const saves = countSaves(page);
    await page.keyboard.press('Control+s');
    await page.getByRole('radio', { name: /Take the version/ }).check();
    await page.keyboard.press('Control+Enter');
    await isClean(page);
    expect(await stored('team/theo-v')).toMatchObject({ role: 'theirs', email: 'theo@example.com' });
    expect(saves()).toEqual([409, 200]);
  });

  it('a change that arrives while somebody types is no part of what his save is based on', async () => {
    const page = await browse('settings');
    const name = page.getByLabel('Company name');
    await name.fill('Typed h');
    await server.send('PATCH', '/api/settings', { companyName: 'Theirs', openingHours: 'Mon-Fri 8-18' });
    await told(page);
    await name.pressSequentially('ere');
    const sent = page.waitForRequest((request) => request.method() === 'PATCH');
    await page.keyboard.press('Control+s');
    const body = (await sent).postDataJSON() as Record<string, unknown>;
    expect(body).toMatchObject({ companyName: 'Typed here', $base: { companyName: 'TRU Group' } });
    expect(body).not.toHaveProperty('openingHours');
    const group = dialog(page).getByRole('group', { name: 'Company name' });
    await group.waitFor();
    expect(await dialog(page).locator('[data-conflict]').count()).toBe(1);
    await group.getByRole('radio', { name: 'Keep mine' }).check();
    await page.keyboard.press('Control+Enter');
    await isClean(page);
    expect(await stored('settings')).toMatchObject({ companyName: 'Typed here', openingHours: 'Mon-Fri 8-18' });
    await page.locator('[data-save-bar]').getByText('api’s change of Opening hours was kept.').first().waitFor();
    await name.pressSequentially('.');
    await page.getByText('api’s change of Opening hours').waitFor({ state: 'detached' });
  });

  it('a change that only the answer of a save brings is told, with its author once the change itself arrives', async () => {
    const browser = await openBrowser();
    open.push(browser);
    const page = await browser.page();
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    await page.routeWebSocket(/\/api\/sync\/ws/, (socket) => socket.close());
    await page.route(/\/api\/sync\/(stream|poll)/, async (route) => {
      await released;
      await route.continue();
    });
    await signIn(page, `${server.url}/admin/services/conception`, server.password);
    await page.locator('[data-save-bar]').waitFor();
    await page.getByLabel('Description').fill('Written here.');
    await server.send('PATCH', '/api/services/conception', { price: '12 EUR' });
    await page.keyboard.press('Control+s');
    const bar = page.locator('[data-save-bar]');
    await bar.getByText('A change made meanwhile was kept: Price.').first().waitFor();
    release();
    await bar.getByText('api’s change of Price was kept.').first().waitFor();
    await page.getByText('Changed by api').waitFor();
    await page.screenshot({ path: `${artifacts}kept-1440.png` });
    await page.setViewportSize({ width: 390, height: 844 });
    await page.screenshot({ path: `${artifacts}kept-390.png` });
    // Beside the bar, which says it already, the indicator would only lie over the fields.
    expect(await page.locator('[data-sync-state]').isVisible()).toBe(false);
  });

  it('ten saves of one’s own, with another tab that saves other fields in between, ask nothing', async () => {
    const page = await browse('team/ines-m');
    const tab = await page.context().newPage();
    await tab.goto(`${server.url}/admin/team/ines-m`);
    await tab.locator('[data-save-bar]').waitFor();
    const [saves, others] = [countSaves(page), countSaves(tab)];
    const role = page.getByLabel('Role');
    for (let round = 1; round <= 10; round++) {
      await role.fill(`Role ${round}`);
      await page.keyboard.press('Control+s');
      if (round % 3 !== 0) continue;
      await tab.getByLabel('E-mail').fill(`ines${round}@example.com`);
      await tab.keyboard.press('Control+s');
    }
    await Promise.all([isClean(page), isClean(tab)]);
    await expect.poll(() => stored('team/ines-m')).toMatchObject({ role: 'Role 10', email: 'ines9@example.com' });
    expect([...saves(), ...others()].filter((status) => status !== 200)).toEqual([]);
    expect((await dialog(page).count()) + (await dialog(tab).count())).toBe(0);
  });
});
