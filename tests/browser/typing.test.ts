import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, signIn, type OpenBrowser } from '../helpers/openBrowser.ts';
import { startShipped, type Shipped } from '../helpers/startShipped.ts';

/** The text around the caret or the selection of the focused input, with `|` at both of its ends. */
function aroundCaret(page: Page): Promise<string> {
  return page.evaluate(() => {
    const input = document.activeElement as HTMLTextAreaElement;
    const [from, to] = [input.selectionStart, input.selectionEnd];
    return `${input.value.slice(0, from)}|${input.value.slice(from, to)}|${input.value.slice(to)}`;
  });
}

const isClean = (page: Page) => page.locator('[data-save-bar=clean]').waitFor();

describe('typing in a form, in a browser', () => {
  let server: Shipped;
  const open: OpenBrowser[] = [];
  beforeAll(async () => {
    server = await startShipped();
  });
  afterAll(() => server.stop());
  afterEach(async () => {
    for (const browser of open.splice(0)) await browser.close();
  });
  const browse = async (path: string): Promise<Page> => {
    const browser = await openBrowser();
    open.push(browser);
    const page = await browser.page();
    await signIn(page, `${server.url}/admin/${path}`, server.password);
    await page.locator('[data-save-bar]').waitFor();
    await page.getByText('Live', { exact: true }).first().waitFor();
    return page;
  };
  const patch = async (path: string, fields: object) =>
    expect((await server.send('PATCH', `/api/${path}`, fields)).status).toBe(200);

  it('keeps caret and selection at their words when a colleague changes the text around them', async () => {
    await patch('team/theo-v', { biography: 'Théo draws maps.\nHe lives in Lyon.' });
    const page = await browse('team/theo-v');
    const biography = page.getByRole('textbox', { name: /^Biography/ });
    await biography.focus();
    await biography.evaluate((input: HTMLTextAreaElement) => input.setSelectionRange(11, 15, 'backward'));
    expect(await aroundCaret(page)).toBe('Théo draws |maps|.\nHe lives in Lyon.');
    await patch('team/theo-v', { biography: 'At work, Théo draws maps.\nHe lives in Nantes.' });
    await expect.poll(() => aroundCaret(page)).toBe('At work, Théo draws |maps|.\nHe lives in Nantes.');
    expect(await biography.evaluate((input: HTMLTextAreaElement) => input.selectionDirection)).toBe('backward');
    await page.keyboard.type('plans');
    expect(await aroundCaret(page)).toBe('At work, Théo draws plans||.\nHe lives in Nantes.');
    await page.keyboard.press('Control+s');
    await isClean(page);
    const { biography: stored } = await (await server.send('GET', '/api/team/theo-v')).json();
    expect(stored).toBe('At work, Théo draws plans.\nHe lives in Nantes.');
  });

  it.each([
    ['Name', 'name', 'Théo V.', 'M. Théo V.', 4],
    ['E-mail', 'email', 'theo@tru.example', 'm.theo@tru.example', 4],
  ])('keeps the caret in a line of text too: %s', async (label, name, before, after, at) => {
    await patch('team/theo-v', { [name]: before });
    const page = await browse('team/theo-v');
    const input = page.getByRole('textbox', { name: new RegExp(`^${label}`) });
    await input.focus();
    await page.keyboard.press('Home');
    for (let step = 0; step < at; step++) await page.keyboard.press('ArrowRight');
    // What keeps the caret is fetched right after the form stands.
    await page.waitForLoadState('networkidle');
    await patch('team/theo-v', { [name]: after });
    await expect.poll(() => input.inputValue()).toBe(after);
    await page.keyboard.type('_');
    const place = at + after.length - before.length;
    expect(await input.inputValue()).toBe(`${after.slice(0, place)}_${after.slice(place)}`);
  });

  it('keeps the caret in the text that a save brings back', async () => {
    const page = await browse('settings');
    const phone = page.getByRole('textbox', { name: /^Phone/ });
    // Sent without the spaces around it, and shown so when it is saved.
    await phone.fill('  1 22 33');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Control+s');
    await isClean(page);
    await expect.poll(() => aroundCaret(page)).toBe('1 22 ||33');
    await page.keyboard.type('4');
    expect(await phone.inputValue()).toBe('1 22 433');
  });

  it('makes one record when the answer to a create is lost, with what was typed on meanwhile', async () => {
    const page = await browse('services/new');
    const methods: string[] = [];
    let pressed = Promise.resolve();
    await page.route(/\/api\/services(\/|$|\?)/, async (route) => {
      const method = route.request().method();
      if (method === 'GET') return route.continue();
      methods.push(method);
      if (methods.length > 1) return route.continue();
      await route.fetch();
      // The save is on its way while its shortcut is still held down: what is typed then would be shortcuts too.
      await pressed;
      await page.keyboard.type(' of maps');
      await route.fulfill({ status: 500, contentType: 'application/json', body: '{}' });
    });
    await page.getByRole('textbox', { name: /^Title/ }).focus();
    await page.keyboard.type('Drawing');
    pressed = page.keyboard.press('Control+s');
    await pressed;
    await page.getByRole('button', { name: 'Try again' }).waitFor();
    await page.keyboard.press('Control+s');
    await page.getByRole('heading', { name: 'Drawing of maps', level: 1 }).waitFor();
    await isClean(page);
    await page.keyboard.type(' and plans');
    await page.keyboard.press('Control+s');
    await page.getByRole('heading', { name: 'Drawing of maps and plans', level: 1 }).waitFor();
    expect(methods).toEqual(['POST', 'POST', 'PATCH', 'PATCH']);
    const made = await (await server.send('GET', '/api/services?q=Drawing')).json();
    expect(made.map(({ title }: { title: string }) => title)).toEqual(['Drawing of maps and plans']);
  });

  it('loses no key while a record is created and its screen is drawn', async () => {
    const page = await browse('services/new');
    await page.getByRole('textbox', { name: /^Title/ }).focus();
    await page.keyboard.type('Keys <>');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Control+s');
    const text = 'abcdefghijklmnopqrstuvwxyz'.repeat(4);
    await page.keyboard.type(text, { delay: 3 });
    await page.getByRole('heading', { name: /^Keys/, level: 1 }).waitFor();
    expect(await page.getByRole('textbox', { name: /^Title/ }).inputValue()).toBe(`Keys <${text}>`);
    await page.keyboard.press('Control+s');
    await isClean(page);
    const made = await (await server.send('GET', '/api/services?q=Keys')).json();
    expect(made.map(({ title }: { title: string }) => title)).toEqual([`Keys <${text}>`]);
  });

  it('shows what is counted while a form is open, and its next save asks nothing', async () => {
    const made = await server.send('POST', '/api/services', { title: 'Counted' });
    const { id, views } = await made.json();
    const page = await browse(`services/${id}`);
    const counter = page.getByText(String(views + 3), { exact: true });
    await page.getByRole('textbox', { name: /^Title/ }).focus();
    expect(await counter.count()).toBe(0);
    const count = { 'idempotency-key': 'counted-3' };
    expect((await server.send('POST', `/api/services/${id}/increment`, { views: 3 }, count)).status).toBe(200);
    await counter.waitFor();
    await page.locator('[data-save-bar=clean]').waitFor();
    await page.keyboard.press('End');
    await page.keyboard.type(' twice');
    await page.keyboard.press('Control+s');
    await isClean(page);
    await counter.waitFor();
    const stored = await (await server.send('GET', `/api/services/${id}`)).json();
    expect(stored).toMatchObject({ title: 'Counted twice', views: views + 3, version: 2 });
  });
});
