import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, signIn, type OpenBrowser } from '../helpers/openBrowser.ts';
import { startShipped, type Shipped } from '../helpers/startShipped.ts';

describe('taking back, in a browser', () => {
  let server: Shipped;
  const open: OpenBrowser[] = [];
  beforeAll(async () => {
    server = await startShipped();
  });
  afterAll(() => server.stop());
  afterEach(async () => {
    for (const browser of open.splice(0)) await browser.close();
  });
  const browse = async (path: string, locale = 'en-GB'): Promise<Page> => {
    const browser = await openBrowser({ locale });
    open.push(browser);
    const page = await browser.page();
    await signIn(page, `${server.url}/admin/${path}`, server.password);
    await page.locator('[data-save-bar]').waitFor();
    await page.locator('[data-undo=ready]').waitFor({ state: 'attached' });
    return page;
  };
  const patch = async (path: string, fields: object) =>
    expect((await server.send('PATCH', `/api/${path}`, fields)).status).toBe(200);
  const stored = async (path: string) =>
    (await (await server.send('GET', `/api/${path}`)).json()) as Record<string, unknown>;

  it('Ctrl+Z goes back over the fields of a form, and leaves what a colleague wrote into one of them', async () => {
    await patch('team/theo-v', { name: 'Théo V.', biography: 'Théo draws maps.' });
    const page = await browse('team/theo-v');
    const [name, biography] = [
      page.getByRole('textbox', { name: /^Name/ }),
      page.getByRole('textbox', { name: /^Biography/ }),
    ];
    await biography.focus();
    await page.keyboard.press('Control+End');
    await page.keyboard.type(' He sings.');
    await page.keyboard.press('Control+s');
    await page.locator('[data-save-bar=clean]').waitFor();
    await patch('team/theo-v', { biography: 'At work, Théo draws maps. He sings.' });
    await expect.poll(() => biography.inputValue()).toBe('At work, Théo draws maps. He sings.');
    await name.focus();
    await page.keyboard.press('End');
    await page.keyboard.type('!');
    await page.keyboard.press('Control+z');
    expect(await name.inputValue()).toBe('Théo V.');
    await page.keyboard.press('Control+z');
    expect(await biography.inputValue()).toBe('At work, Théo draws maps.');
    expect(await biography.evaluate((input) => input === document.activeElement)).toBe(true);
    await page.keyboard.press('Control+Shift+z');
    expect(await biography.inputValue()).toBe('At work, Théo draws maps. He sings.');
  });

  it('what an input method has composed is one step, and its keys are its own', async () => {
    await patch('team/theo-v', { name: 'Théo' });
    const page = await browse('team/theo-v');
    const name = page.getByRole('textbox', { name: /^Name/ });
    await name.focus();
    await page.keyboard.press('End');
    const keys = await page.context().newCDPSession(page);
    for (const text of ['k', 'か', 'かg', 'かがく'])
      await keys.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
    await keys.send('Input.insertText', { text: '科学' });
    expect(await name.inputValue()).toBe('Théo科学');
    await page.keyboard.press('Control+z');
    expect(await name.inputValue()).toBe('Théo');
  });

  it('a save is taken back from its message, in French, while later saves of others stay', async () => {
    await patch('settings', { companyName: 'TRU', phone: '1' });
    const page = await browse('settings', 'fr-FR');
    const company = page.locator('input[name=companyName]');
    await company.fill('TRU Group');
    await page.keyboard.press('Control+s');
    const message = page.getByText(/^Enregistré\u00a0: /);
    await message.waitFor();
    await patch('settings', { phone: '2' });
    await page.getByRole('button', { name: 'Annuler', exact: true }).click();
    await page
      .getByText(/^Annulé\u00a0: /)
      .first()
      .waitFor();
    expect(await stored('settings')).toMatchObject({ companyName: 'TRU', phone: '2' });
    await expect.poll(() => company.inputValue()).toBe('TRU');
  });
});
