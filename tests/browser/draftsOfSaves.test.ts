import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openKeptBrowser, readStore, violations, type KeptBrowser } from '../helpers/openKeptBrowser.ts';
import { startShipped, type Shipped } from '../helpers/startShipped.ts';

/** A busy machine takes its time. */
const deadline = { timeout: 15_000 };
const artifacts = fileURLToPath(new URL('../artifacts/', import.meta.url));

describe('a save that is not stored yet, or was refused, in a browser', () => {
  let server: Shipped;
  let browser: KeptBrowser;
  beforeAll(async () => {
    mkdirSync(artifacts, { recursive: true });
    server = await startShipped();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    browser = await openKeptBrowser();
  });
  afterEach(() => browser.end());

  const stored = async (id: string) => (await server.send('GET', `/api/team/${id}`)).json();
  const open = (address: string) => browser.open(`${server.url}/admin${address}`, server.password);
  const role = (page: Page) => page.getByRole('textbox', { name: /^Role/ });
  /** The save is kept by the browser. */
  const isKept = (page: Page, text: string) =>
    expect.poll(() => readStore(page, 'backoffice-sync', 'lines'), deadline).toContain(text);

  it('leaves the text and the caret where they are when it is refused while somebody types on', async () => {
    const page = await open('/team/theo-v');
    let refuse = () => {};
    const asked = new Promise<void>((resolve) => {
      void page.route('**/api/team/theo-v', async (route) => {
        if (route.request().method() !== 'PATCH') return route.continue();
        resolve();
        await new Promise<void>((go) => (refuse = go));
        const problem = { type: 'about:blank', title: 'Forbidden', status: 403, code: 'FORBIDDEN' };
        await route.fulfill({ status: 403, contentType: 'application/problem+json', body: JSON.stringify(problem) });
      });
    });
    await role(page).fill('Before after');
    await page.keyboard.press('Control+s');
    await asked;
    for (let step = 0; step < 'after'.length; step += 1) await page.keyboard.press('ArrowLeft');
    await page.keyboard.type('and ');
    refuse();
    await page.getByText('You may not make this change.').first().waitFor();
    await page.keyboard.type('not ');
    expect(await role(page).inputValue()).toBe('Before and not after');
    expect((await stored('theo-v')).role).not.toMatch(/Before/);
  });

  it('that conflicts after Chromium was killed is opened from the list of saves, in the dialog of conflicts', async () => {
    const page = await open('/team/ines-m');
    await browser.context().setOffline(true);
    await role(page).fill('Role of mine');
    await page.keyboard.press('Control+s');
    await isKept(page, 'Role of mine');
    await browser.kill();
    await server.send('PATCH', '/api/team/ines-m', { role: 'Role of theirs' });
    await browser.start();
    const again = await open('/services');
    await again.locator('[data-sync-state=conflict]').waitFor();
    await again.getByRole('button', { name: 'Show details' }).click();
    await again.getByRole('button', { name: /^Resolve — Team › / }).click();
    await again.getByRole('dialog').getByRole('radio', { name: 'Keep mine' }).check();
    await again.keyboard.press('Control+Enter');
    await again.locator('[data-save-bar=clean]').waitFor();
    expect(again.url()).toMatch(/\/team\/ines-m$/);
    expect(await stored('ines-m')).toMatchObject({ role: 'Role of mine' });
    await again.locator('[data-sync-state=saved]').waitFor();
  });

  it('is asked about at sign-out, kept for the person, and sent when that person signs in again', async () => {
    const page = await open('/team/bruno-l');
    await page.route('**/api/team/**', (route) =>
      route.request().method() === 'PATCH' ? route.abort('connectionfailed') : route.continue(),
    );
    await role(page).fill('Kept for me');
    await page.keyboard.press('Control+s');
    await isKept(page, 'Kept for me');
    const signOut = async () => {
      await page.getByRole('region', { name: 'Connection and account' }).getByRole('button').last().click();
      await page.getByRole('link', { name: 'Sign out' }).click();
    };
    await signOut();
    await page.getByText('1 change is not sent').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.screenshot({ path: `${artifacts}sign-out-1440.png` });
    await page.getByRole('button', { name: 'Sign out and keep them for me' }).click();
    await page.locator('input[autocomplete=username]').waitFor();
    await page.unroute('**/api/team/**');
    expect((await stored('bruno-l')).role).not.toBe('Kept for me');
    await page.close();
    const again = await open('/services');
    await expect.poll(async () => (await stored('bruno-l')).role, deadline).toBe('Kept for me');
    await again.locator('[data-sync-state=saved]').waitFor();
  });

  it('is sent before sign-out, or discarded, as the person says', async () => {
    const page = await open('/team/bruno-l');
    let isCut = true;
    await page.route('**/api/team/**', (route) =>
      isCut && route.request().method() === 'PATCH' ? route.abort('connectionfailed') : route.continue(),
    );
    const saveAndSignOut = async (text: string) => {
      await page.getByRole('link', { name: 'Team', exact: true }).first().click();
      await page.locator('a[href$="/team/bruno-l"]').first().click();
      await role(page).fill(text);
      await page.keyboard.press('Control+s');
      await isKept(page, text);
      await page.getByRole('region', { name: 'Connection and account' }).getByRole('button').last().click();
      await page.getByRole('link', { name: 'Sign out' }).click();
      await page.getByText('1 change is not sent').waitFor();
    };
    await saveAndSignOut('Given up');
    await page.getByRole('button', { name: 'Discard them and sign out' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Discard them and sign out' }).click();
    await page.locator('input[autocomplete=username]').fill('admin');
    await page.locator('input[autocomplete=current-password]').fill(server.password);
    await page.keyboard.press('Enter');
    await page.locator('main h1').waitFor();
    await saveAndSignOut('Sent first');
    isCut = false;
    await page.getByRole('button', { name: 'Send first, then sign out' }).click();
    await page.locator('input[autocomplete=username]').waitFor();
    expect((await stored('bruno-l')).role).toBe('Sent first');
  });
});
