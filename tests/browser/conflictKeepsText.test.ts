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
    if (response.request().method() !== 'GET' && /\/api\/team/.test(response.url())) statuses.push(response.status());
  });
  return () => statuses;
}

const dialog = (page: Page) => page.getByRole('dialog');
const isClean = (page: Page) => page.locator('[data-save-bar=clean]').waitFor();

describe('what somebody typed, in front of the dialog of conflicts in a browser', () => {
  let server: Shipped;
  let browser: OpenBrowser | undefined;
  beforeAll(async () => {
    mkdirSync(artifacts, { recursive: true });
    server = await startShipped();
  });
  afterAll(() => server.stop());
  afterEach(async () => {
    await browser?.close();
    browser = undefined;
  });
  const stored = async (id: string) => (await server.send('GET', `/api/team/${id}`)).json();
  const remove = (id: string) => server.send('DELETE', `/api/team/${id}`, undefined, { 'If-Match': '*' });
  /** The record of a colleague in the panel, with a role that was typed and not saved. */
  const typeRole = async (id: string, look: Parameters<typeof openBrowser>[0] = {}): Promise<Page> => {
    browser = await openBrowser(look);
    const page = await browser.page();
    await signIn(page, `${server.url}/admin/team/${id}`, server.password);
    await page.getByRole('textbox', { name: /^(Role|Fonction)/ }).fill('Role of mine');
    return page;
  };
  const collide = async (page: Page, id: string): Promise<void> => {
    await server.send('PATCH', `/api/team/${id}`, { role: 'Role of theirs' });
    await page
      .getByText(/changed this too|a aussi modifié/)
      .first()
      .waitFor();
    await page.keyboard.press('Control+s');
    await dialog(page).waitFor();
  };

  it('an edited result brings a record back that was deleted meanwhile, whole and under its id, with one save', async () => {
    const before = await stored('theo-v');
    const page = await typeRole('theo-v');
    const saves = countSaves(page);
    await collide(page, 'theo-v');
    await page.getByRole('radio', { name: 'Edit the result' }).check();
    await dialog(page).getByRole('textbox').fill('Role of both');
    expect((await remove('theo-v')).status).toBe(204);
    await dialog(page).getByRole('heading', { name: 'api deleted this record' }).waitFor();
    await page.screenshot({ path: `${artifacts}conflict-gone-1440.png` });
    await page.keyboard.press('Control+Enter');
    await isClean(page);
    const { version: _before, updatedAt: _at, updatedBy: _by, createdAt: _created, views: _views, ...kept } = before;
    expect(await stored('theo-v')).toMatchObject({ ...kept, role: 'Role of both' });
    expect(saves()).toEqual([409, 201]);
    await page.getByText('This record was deleted').waitFor({ state: 'detached' });
  });

  it('what was typed brings a deleted record back where nothing collided', async () => {
    const page = await typeRole('bruno-l', { width: 390, locale: 'fr-FR', colorScheme: 'dark', height: 844 });
    expect((await remove('bruno-l')).status).toBe(204);
    const back = page.getByRole('button', { name: 'Rétablir la fiche avec mes modifications' });
    await back.waitFor();
    await page.screenshot({ path: `${artifacts}gone-390.png` });
    const saves = countSaves(page);
    await back.click();
    await isClean(page);
    expect(await stored('bruno-l')).toMatchObject({ id: 'bruno-l', role: 'Role of mine' });
    expect(saves()).toEqual([201]);
  });

  it('a field that collides while the dialog is open is decided in it, so that one save ends both', async () => {
    const page = await typeRole('ines-m');
    await page.getByLabel('E-mail').fill('mine@example.com');
    const saves = countSaves(page);
    await collide(page, 'ines-m');
    await page.getByRole('radio', { name: 'Keep mine' }).check();
    await server.send('PATCH', '/api/team/ines-m', { email: 'theirs@example.com' });
    const email = dialog(page).getByRole('group', { name: 'E-mail' });
    await email.getByRole('radio', { name: 'Take the version of api' }).check();
    await page.keyboard.press('Control+Enter');
    await isClean(page);
    expect(await stored('ines-m')).toMatchObject({ role: 'Role of mine', email: 'theirs@example.com' });
    expect(saves()).toEqual([409, 200]);
  });

  it.each([
    ['light', 1440, 'en-GB', 'Keep mine', 'Biography'],
    ['dark', 390, 'fr-FR', 'Garder la mienne', 'Biographie'],
  ] as const)(
    'keeping mine in a text of several lines keeps the lines that only the colleague changed: %s, %i px, %s',
    async (colorScheme, width, locale, keep, label) => {
      const text = (first: string, second: string) => `${first}\n\n${second}\n\nThird paragraph.`;
      await server.send('PATCH', '/api/team/ines-m', { biography: text('First paragraph.', 'Second paragraph.') });
      browser = await openBrowser({ colorScheme, width, locale, height: 844 });
      const page = await browser.page();
      await signIn(page, `${server.url}/admin/team/ines-m`, server.password);
      await page.getByLabel(label).fill(text('First paragraph.', 'Second paragraph of mine.'));
      await server.send('PATCH', '/api/team/ines-m', {
        biography: text('First paragraph of theirs.', 'Second paragraph of theirs.'),
      });
      await page
        .getByText(/changed this too|a aussi modifié/)
        .first()
        .waitFor();
      const saves = countSaves(page);
      await page.keyboard.press('Control+s');
      const mine = dialog(page).getByRole('radio', { name: keep });
      await mine.check();
      await page.screenshot({ path: `${artifacts}conflict-lines-${width}.png` });
      await page.keyboard.press('Control+Enter');
      await isClean(page);
      expect((await stored('ines-m')).biography).toBe(text('First paragraph of theirs.', 'Second paragraph of mine.'));
      expect(saves()).toEqual([409, 200]);
    },
  );
});
