import { afterAll, beforeAll, expect, it } from 'vitest';
import { startShipped, type Shipped } from '../helpers/startShipped.ts';
import { openWorkspace } from './workspaceBrowser.ts';

let server: Shipped;
beforeAll(async () => {
  server = await startShipped({ EXAMPLE: 'workspace' });
});
afterAll(() => server.stop());

it('a question of the workspace is asked once, however quickly somebody clicks, and stays until it is answered', async () => {
  const { page, browser } = await openWorkspace(server, 'nord-goals');
  const questions = page.getByRole('alertdialog');
  const toggle = page.locator('.card-head button').first();
  await toggle.click();
  const name = page.locator('.card form input').first();
  await name.fill('Typed and not saved');

  // As a script or an assistive program clicks, which nothing inert holds back.
  await toggle.evaluate((button: HTMLElement) => {
    button.click();
    button.click();
  });
  await questions.first().waitFor();
  expect(await questions.count()).toBe(1);
  await page.keyboard.press('Escape');
  await questions.first().waitFor({ state: 'detached' });

  await toggle.dblclick();
  await questions.first().waitFor();
  expect(await questions.count()).toBe(1);
  await questions.getByRole('button', { name: 'Cancel' }).click();
  expect(await name.inputValue()).toBe('Typed and not saved');

  await page.locator('.card form button.danger').evaluate((button: HTMLElement) => {
    button.click();
    button.click();
  });
  await questions.first().waitFor();
  expect(await questions.count()).toBe(1);
  await questions.getByRole('button', { name: 'Cancel' }).click();
  expect(await name.inputValue()).toBe('Typed and not saved');
  await browser.close();
});
