import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workspaceResources } from '../../backend/server/workspace/workspaceResources.ts';
import { openBrowser } from '../helpers/openBrowser.ts';
import { startShipped, type Shipped } from '../helpers/startShipped.ts';
import { openWorkspace } from './workspaceBrowser.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeResult {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
}

describe('the screens of the example workspace', () => {
  let server: Shipped;
  beforeAll(async () => {
    server = await startShipped({ EXAMPLE: 'workspace' });
  });
  afterAll(() => server.stop());

  it.each([
    ['light', 1440, 'en-GB'],
    ['dark', 1440, 'fr-FR'],
    ['light', 390, 'fr-FR'],
    ['dark', 390, 'en-GB'],
  ] as const)('give axe nothing to find: %s, %i px, %s', async (colorScheme, width, locale) => {
    const browser = await openBrowser({ colorScheme, width, locale });
    const page = await browser.page();
    const refused: string[] = [];
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) refused.push(message.text());
    });
    const found: Record<string, readonly string[]> = {};
    const check = async (name: string): Promise<void> => {
      found[name] = await faults(page);
    };
    await page.goto(`${server.url}/`);
    await page.locator('input[autocomplete=username]').fill('nord-goals');
    await page.locator('input[autocomplete=current-password]').fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    await check('sign-in');
    await page.locator('input[autocomplete=current-password]').fill('nord-goals-example');
    await page.keyboard.press('Enter');
    await page.locator('.card').first().waitFor();
    await page.locator('[data-realtime-state=live]').waitFor();
    await check('list');
    await page.locator('.card-head button').first().click();
    await page.locator('.card form').waitFor();
    await page.locator('input[type=number]').fill('150');
    await page.locator('.card form button.primary').click();
    await page.locator('[aria-invalid=true]').waitFor();
    await check('a form with a fault');
    await page.locator('.card form button.danger').click();
    await page.getByRole('alertdialog').waitFor();
    await check('a question');
    expect([found, refused, await page.locator('html').getAttribute('lang')]).toEqual([
      { 'sign-in': [], list: [], 'a form with a fault': [], 'a question': [] },
      [],
      locale.slice(0, 2),
    ]);
    await browser.close();
  });

  it('of the panel are there for all 17 resources, without a line of code of their own', async () => {
    const { page, browser } = await openWorkspace(server, 'nord-goals');
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(`${server.url}/admin`);
    for (const { name, label } of workspaceResources) {
      await page.getByRole('navigation').getByRole('link', { name: label.en, exact: true }).first().click();
      await page.getByRole('heading', { level: 1, name: label.en, exact: true }).waitFor();
      await page.locator(`a[href$="/${name}/new"]`).first().click();
      await page.getByLabel('Organization').first().waitFor();
    }
    await page.goto(`${server.url}/admin/goals/nord-delais`);
    const name = page.getByRole('textbox', { name: /^Name/ });
    await name.fill('Livrer en moins de neuf jours');
    await page.keyboard.press('Control+s');
    await page.locator('[data-save-bar=clean]').waitFor();
    expect(errors).toEqual([]);
    await browser.close();
    const seen = await openWorkspace(server, 'nord-hiring');
    await seen.goal('Livrer en moins de neuf jours').waitFor();
    await seen.browser.close();
  });
});

async function faults(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  const { violations } = (await page.evaluate('axe.run(document)')) as AxeResult;
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 160)}`);
  const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement);
  return scrollWidth > clientWidth + 1 ? [...found, 'the page is wider than the window'] : found;
}
