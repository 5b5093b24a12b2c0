import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, signIn } from '../helpers/openBrowser.ts';
import { startShipped, type Shipped } from '../helpers/startShipped.ts';

const artifacts = fileURLToPath(new URL('../artifacts/', import.meta.url));
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeResult {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
}

/** What axe finds in the page, and whether the page or the dialog is wider than the window. */
async function faults(page: Page): Promise<readonly string[]> {
  await page.evaluate(axeSource);
  const { violations } = (await page.evaluate('axe.run(document)')) as AxeResult;
  const isWide = await page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('[role=dialog], [role=dialog] *')].some(
      (element) => element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflowX === 'auto',
    ),
  );
  const found = violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html.slice(0, 160)}`);
  return isWide ? [...found, 'something is wider than its place'] : found;
}

/** 321 stands for a window at 400 %, where little more than the dialog's two bars has room. */
const heights = { 1440: 900, 390: 844, 320: 844, 321: 256 } as const;

describe('the look of the dialog of conflicts', () => {
  let server: Shipped;
  beforeAll(async () => {
    mkdirSync(artifacts, { recursive: true });
    server = await startShipped();
  });
  afterAll(() => server.stop());

  it.each([
    ['light', 1440, 'en-GB'],
    ['dark', 1440, 'fr-FR'],
    ['light', 390, 'fr-FR'],
    ['dark', 390, 'en-GB'],
    ['light', 320, 'fr-FR'],
    ['dark', 321, 'en-GB'],
  ] as const)('axe finds nothing with the dialog open: %s, %i px, %s', async (colorScheme, width, locale) => {
    const reset = {
      phone: '+33 1 23 45 67 89',
      introduction: 'We build websites that weigh little, last long and are kept by the people who use them.',
      links: [{ id: 'l1', label: 'Press', url: 'https://example.com/press' }],
    };
    await server.send('PATCH', '/api/settings', reset);
    const browser = await openBrowser({ colorScheme, width, locale, height: heights[width] });
    const page = await browser.page();
    await signIn(page, `${server.url}/admin/settings`, server.password);
    const dialog = page.getByRole('dialog');
    const french = locale === 'fr-FR';
    await page
      .getByLabel(french ? 'Présentation' : 'Introduction')
      .fill('We build websites that weigh very little, last long and are kept by the people who write in them.');
    await page.getByLabel(french ? 'Libellé' : 'Label').fill('Press kit');
    await page.getByLabel(french ? 'Téléphone' : 'Phone').fill('');
    await server.send('PATCH', '/api/settings', {
      phone: '+33 1 98 76 54 32',
      introduction: 'We build websites that weigh little, last for decades and are kept by the people who use them.',
      links: [],
    });
    await page
      .getByText(/changed this too|a aussi modifié/)
      .nth(2)
      .waitFor();
    await page.keyboard.press('Control+s');
    await dialog.waitFor();
    await dialog
      .getByRole('radio', { name: french ? /version faite par/ : /the version of/ })
      .first()
      .check();
    await page.screenshot({ path: `${artifacts}conflict-${colorScheme}-${width}.png` });
    const found = { chosen: await faults(page), edited: [] as readonly string[] };
    await dialog
      .getByRole('radio', { name: french ? 'Modifier le résultat' : 'Edit the result' })
      .first()
      .check();
    await dialog
      .getByRole('radio', { name: french ? 'Garder la mienne' : 'Keep mine' })
      .last()
      .check();
    await page.screenshot({ path: `${artifacts}conflict-edited-${colorScheme}-${width}.png` });
    found.edited = await faults(page);
    await browser.close();
    expect(found).toEqual({ chosen: [], edited: [] });
  });
});
