import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, signIn, type OpenBrowser } from '../helpers/openBrowser.ts';
import { startShipped, type Shipped } from '../helpers/startShipped.ts';

const artifacts = fileURLToPath(new URL('../artifacts/', import.meta.url));

describe('the panel beside the public site', () => {
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
  const browse = async (options: Parameters<typeof openBrowser>[0] = {}): Promise<OpenBrowser> => {
    const browser = await openBrowser(options);
    open.push(browser);
    return browser;
  };
  const save = (page: Page) => page.getByRole('button', { name: 'Save', exact: true }).click();

  it('opens at the address that the start prints, with and without a slash at the end', async () => {
    const admin = await browse();
    const panel = await admin.page();
    for (const address of ['/admin', '/admin/']) {
      await panel.goto(`${server.url}${address}`);
      await panel.locator('input[autocomplete=username]').waitFor();
    }
    await signIn(panel, `${server.url}/admin`, server.password);
    await panel.getByRole('link', { name: 'Team', exact: true }).click();
    await panel.getByRole('link', { name: 'Inès M.' }).first().waitFor();
  });

  it('shows a saved company name on the site without a reload', async () => {
    const admin = await browse({ width: 960, height: 900 });
    const visitor = await browse({ width: 960, height: 900 });
    const site = await visitor.page();
    await site.goto(server.url);
    await site.getByText('TRU Group').first().waitFor();
    await site.evaluate(() => Object.assign(window, { sameDocument: true }));
    const panel = await admin.page();
    await signIn(panel, `${server.url}/admin/settings`, server.password);
    const name = `Atelier ${Date.now()}`;
    await panel.getByLabel('Company name').fill(name);
    const startedAt = performance.now();
    await save(panel);
    await site.getByText(name).first().waitFor();
    const savedToShownMs = Math.round(performance.now() - startedAt);
    await panel.locator('[data-save-bar=clean]').waitFor();
    // The visitor's page said so itself.
    await panel
      .locator('[data-reach=shown]')
      .getByText(/^shown on the site after \d/)
      .waitFor();
    expect(await site.evaluate(() => 'sameDocument' in window)).toBe(true);
    await panel.screenshot({ path: `${artifacts}panel.png` });
    await site.screenshot({ path: `${artifacts}site.png` });
    writeFileSync(`${artifacts}saved-to-shown.json`, JSON.stringify({ savedToShownMs }));
    process.stdout.write(`saved to shown: ${savedToShownMs} ms\n`);
  });

  it('keeps both changes when two panels edit different fields of one member, and shows each the other', async () => {
    const [one, two] = await Promise.all([browse(), browse()]);
    const [first, second] = await Promise.all([one.page(), two.page()]);
    await Promise.all(
      [first, second].map((page) => signIn(page, `${server.url}/admin/team/camille-r`, server.password)),
    );
    await first.getByLabel('Role').fill('Directrice générale');
    await second.getByLabel('E-mail').fill('camille@example.com');
    await Promise.all([save(first), save(second)]);
    await Promise.all([first, second].map((page) => page.locator('[data-save-bar=clean]').waitFor()));
    await expect.poll(() => first.getByLabel('E-mail').inputValue()).toBe('camille@example.com');
    await expect.poll(() => second.getByLabel('Role').inputValue()).toBe('Directrice générale');
    expect(await (await server.send('GET', '/api/team/camille-r')).json()).toMatchObject({
      role: 'Directrice générale',
      email: 'camille@example.com',
      employeeId: 'E-0042',
    });
  });

  it('keeps what was typed when the same field collides, and lets the person choose', async () => {
    const [one, two] = await Promise.all([browse(), browse()]);
    const [first, second] = await Promise.all([one.page(), two.page()]);
    await Promise.all([first, second].map((page) => signIn(page, `${server.url}/admin/team/bruno-l`, server.password)));
    await first.getByLabel('Role').fill('Role of the first');
    await second.getByLabel('Role').fill('Role of the second');
    await save(first);
    await first.locator('[data-save-bar=clean]').waitFor();
    const answered = second.waitForResponse(
      (response) => response.request().method() !== 'GET' && response.url().includes('/api/team/bruno-l'),
    );
    await save(second);
    expect((await answered).status()).toBe(409);
    const dialog = second.getByRole('dialog', { name: /changed the same field/ });
    await dialog.waitFor();
    expect(await second.getByLabel('Role').inputValue()).toBe('Role of the second');
    expect((await (await server.send('GET', '/api/team/bruno-l')).json()).role).toBe('Role of the first');
    await dialog.getByRole('radio', { name: 'Keep mine' }).check();
    await dialog.getByRole('button', { name: 'Save with these choices' }).click();
    await dialog.waitFor({ state: 'detached' });
    await second.locator('[data-save-bar=clean]').waitFor();
    expect((await (await server.send('GET', '/api/team/bruno-l')).json()).role).toBe('Role of the second');
  });

  it('lets a person choose between what is stored now and what is typed now, and forgets a conflict that is over', async () => {
    const admin = await browse();
    const panel = await admin.page();
    await signIn(panel, `${server.url}/admin/team/theo-v`, server.password);
    const role = panel.getByLabel('Role');
    const dialog = panel.getByRole('dialog', { name: /changed the same field/ });
    await role.fill('mine');
    await server.send('PATCH', '/api/team/theo-v', { role: 'theirs 1' });
    await save(panel);
    await dialog.getByRole('radio', { name: /Take the version/ }).check();
    await server.send('PATCH', '/api/team/theo-v', { role: 'theirs 2' });
    await dialog.getByText('theirs 2').waitFor();
    expect(await dialog.getByRole('button', { name: 'Save with these choices' }).isDisabled()).toBe(true);
    await panel.keyboard.press('Escape');
    await role.fill('mine, typed on');
    await panel.getByRole('button', { name: 'Settle the conflict' }).click();
    await dialog.getByText('mine, typed on').waitFor();
    await panel.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await role.fill('theirs 2');
    await panel.getByRole('button', { name: 'Settle the conflict' }).waitFor({ state: 'detached' });
    await panel.getByLabel('E-mail').fill('theo@example.com');
    await panel.keyboard.press('Control+s');
    await panel.locator('[data-save-bar=clean]').waitFor();
    expect(await (await server.send('GET', '/api/team/theo-v')).json()).toMatchObject({
      role: 'theirs 2',
      email: 'theo@example.com',
    });
  });

  it('keeps what was typed while the server is away, also when code of the panel cannot be fetched, and saves it after', async () => {
    const admin = await browse();
    const panel = await admin.page();
    await panel.route(/DialogHost/, (route) => route.abort());
    await signIn(panel, `${server.url}/admin/settings`, server.password);
    await panel.getByLabel('Phone').fill('+33 9 99 99 99 99');
    const refused = panel.waitForEvent('requestfailed', (request) => request.url().includes('DialogHost'));
    await server.kill();
    await save(panel);
    await refused;
    expect(await panel.getByLabel('Phone').inputValue()).toBe('+33 9 99 99 99 99');
    await panel.unroute(/DialogHost/);
    await server.start();
    await panel.locator('[data-save-bar=clean]').waitFor({ timeout: 30_000 });
    expect((await (await server.send('GET', '/api/settings')).json()).phone).toBe('+33 9 99 99 99 99');
    await panel.getByLabel('Phone').fill('typed and not saved');
    await panel.getByRole('link', { name: 'Team' }).click();
    await panel.getByRole('dialog').getByRole('button', { name: 'Stay here' }).click();
    expect(await panel.getByLabel('Phone').inputValue()).toBe('typed and not saved');
  });

  it('adds, finds and deletes a member, in French', async () => {
    const admin = await browse({ locale: 'fr-FR' });
    const panel = await admin.page();
    await signIn(panel, `${server.url}/admin/team`, server.password);
    expect(await panel.locator('html').getAttribute('lang')).toBe('fr');
    await panel
      .getByRole('link', { name: /Ajouter/ })
      .first()
      .click();
    await panel.getByLabel('Nom', { exact: false }).first().fill('Élodie Durand');
    await panel.getByLabel('Fonction').fill('Comptable');
    await panel.getByRole('button', { name: 'Créer' }).click();
    await expect.poll(async () => (await (await server.send('GET', '/api/team?q=elodie')).json()).length).toBe(1);
    await panel.goto(`${server.url}/admin/team?q=elodie`);
    await panel.getByRole('link', { name: 'Élodie Durand' }).first().click();
    await panel.getByRole('button', { name: 'Supprimer' }).click();
    await panel.getByRole('dialog').getByRole('button', { name: 'Supprimer' }).click();
    await expect.poll(async () => (await (await server.send('GET', '/api/team?q=elodie')).json()).length).toBe(0);
  });

  it('publishes a draft only when asked, and the site shows it then', async () => {
    const admin = await browse();
    const visitor = await browse();
    const site = await visitor.page();
    await site.goto(server.url);
    const panel = await admin.page();
    await signIn(panel, `${server.url}/admin/news/accessibilite`, server.password);
    await panel.getByLabel('Title').fill('A headline in the making');
    await panel.getByRole('button', { name: 'Save draft' }).click();
    await panel.locator('[data-save-bar=clean]').waitFor();
    await panel.getByText('Modified since publication').first().waitFor();
    expect(await site.getByText('A headline in the making').count()).toBe(0);
    await panel.getByRole('button', { name: 'Publish', exact: true }).click();
    await site.getByText('A headline in the making').first().waitFor();
  });
});
