import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openKeptBrowser, readStore, violations, type KeptBrowser } from '../helpers/openKeptBrowser.ts';
import { startShipped, type Shipped } from '../helpers/startShipped.ts';

const artifacts = fileURLToPath(new URL('../artifacts/', import.meta.url));
/** A busy machine takes its time. */
const deadline = { timeout: 15_000 };

describe('what was typed and not saved, when Chromium is killed and started again', () => {
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
  const goOn = (page: Page) => page.getByRole('button', { name: 'Continue' });
  const isSaved = (page: Page) => page.locator('[data-save-bar=clean]').waitFor();
  const isKept = (page: Page, text: string) => expect.poll(() => readDrafts(page), deadline).toContain(text);
  /** Types a role, and lets the browser die once that is kept. */
  const typeAndDie = async (id: string, text: string) => {
    const page = await open(`/team/${id}`);
    await role(page).fill(text);
    await isKept(page, text);
    await browser.kill();
    await browser.start();
  };
  const countRefusals = (page: Page) => {
    const refused: number[] = [];
    page.on('response', (response) => {
      if (response.status() >= 400 && response.request().method() !== 'GET') refused.push(response.status());
    });
    return refused;
  };

  it('is offered, goes on where it was, and is saved without a question', async () => {
    await typeAndDie('theo-v', 'Typed before the crash');
    const page = await open('/team/theo-v');
    const refused = countRefusals(page);
    await page.getByText(/Unsaved changes were kept .*: Role\./).waitFor();
    expect(await role(page).inputValue()).not.toBe('Typed before the crash');
    expect(await violations(page)).toEqual([]);
    await page.screenshot({ path: `${artifacts}draft-1440.png` });
    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await violations(page)).toEqual([]);
    await page.screenshot({ path: `${artifacts}draft-390.png` });
    await page.setViewportSize({ width: 1440, height: 900 });
    await goOn(page).click();
    await expect.poll(() => role(page).inputValue(), deadline).toBe('Typed before the crash');
    await page.keyboard.press('Control+s');
    await isSaved(page);
    expect(await stored('theo-v')).toMatchObject({ role: 'Typed before the crash' });
    expect(refused).toEqual([]);
    await page.reload();
    await role(page).waitFor();
    await expect.poll(() => readDrafts(page), deadline).toBe('');
    expect(await goOn(page).count()).toBe(0);
  });

  it('is merged with what a colleague has changed meanwhile in another field', async () => {
    await typeAndDie('bruno-l', 'Role of mine');
    await server.send('PATCH', '/api/team/bruno-l', { name: 'Bruno of theirs' });
    const page = await open('/team/bruno-l');
    await goOn(page).click();
    await page.keyboard.press('Control+s');
    await isSaved(page);
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(await stored('bruno-l')).toMatchObject({ role: 'Role of mine', name: 'Bruno of theirs' });
  });

  it('is asked about in the dialog of conflicts where a colleague has changed the same field meanwhile', async () => {
    await typeAndDie('ines-m', 'Role of mine');
    await server.send('PATCH', '/api/team/ines-m', { role: 'Role of theirs' });
    const page = await open('/team/ines-m');
    await goOn(page).click();
    await expect.poll(() => role(page).inputValue(), deadline).toBe('Role of mine');
    await page.keyboard.press('Control+s');
    await page.getByRole('dialog').getByRole('radio', { name: 'Keep mine' }).check();
    await page.keyboard.press('Control+Enter');
    await isSaved(page);
    expect(await stored('ines-m')).toMatchObject({ role: 'Role of mine' });
  });

  it('of a new record is offered on the screen where records are added', async () => {
    const page = await open('/team/new');
    await page.getByRole('textbox', { name: /^Name/ }).fill('Nobody yet');
    await isKept(page, 'Nobody yet');
    await browser.kill();
    await browser.start();
    const again = await open('/team/new');
    await goOn(again).click();
    await expect.poll(() => again.getByRole('textbox', { name: /^Name/ }).inputValue(), deadline).toBe('Nobody yet');
  });

  it('that was saved offline is stored at the next start, on another screen, and the tab closed without a question', async () => {
    const page = await open('/team/theo-v');
    await browser.context().setOffline(true);
    await role(page).fill('Saved in the train');
    await page.keyboard.press('Control+s');
    await page.locator('[data-sync-state=offline]').getByText('1 change waiting').first().waitFor();
    // The queue has it, so the draft need not.
    await expect.poll(() => readDrafts(page), deadline).toBe('');
    const asked: string[] = [];
    page.on('dialog', (dialog) => {
      asked.push(dialog.type());
      void dialog.accept();
    });
    await page.close({ runBeforeUnload: true });
    await expect.poll(() => page.isClosed(), deadline).toBe(true);
    expect(asked).toEqual([]);
    await browser.kill();
    await browser.start();
    await open('/services');
    await expect.poll(async () => (await stored('theo-v')).role, deadline).toBe('Saved in the train');
  });

  it('is not offered by another tab while the one where it is typed lives', async () => {
    const page = await open('/team/bruno-l');
    await role(page).fill('Typed in the first tab');
    await isKept(page, 'Typed in the first tab');
    const other = await open('/team/bruno-l');
    await role(other).fill('Typed in the second tab');
    await isKept(other, 'Typed in the second tab');
    expect(await goOn(other).count()).toBe(0);
    await page.close();
    await other.reload();
    await other.getByText(/Unsaved changes were kept/).waitFor();
    // Each has its own; the newest comes first.
    await goOn(other).click();
    await expect.poll(() => role(other).inputValue(), deadline).toBe('Typed in the second tab');
  });
});

/** All drafts of the browser. */
const readDrafts = (page: Page) => readStore(page, 'backoffice-sync:drafts', 'drafts');
