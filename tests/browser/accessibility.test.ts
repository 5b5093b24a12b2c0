import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, signIn } from '../helpers/openBrowser.ts';
import { startShipped, type Shipped } from '../helpers/startShipped.ts';

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

interface AxeResult {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
}

/** Runs axe in the page, past the page's own content security policy. */
async function violations(page: Page): Promise<readonly string[]> {
  const source = (await import('node:fs')).readFileSync(axePath, 'utf8');
  await page.evaluate(source);
  const result = (await page.evaluate('axe.run(document)')) as AxeResult;
  return result.violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html.slice(0, 160)}`);
}

describe('axe finds nothing', () => {
  let server: Shipped;
  beforeAll(async () => {
    server = await startShipped();
  });
  afterAll(() => server.stop());

  it.each([
    ['light', 1440, 'en-GB'],
    ['dark', 1440, 'fr-FR'],
    ['light', 390, 'fr-FR'],
    ['dark', 390, 'en-GB'],
  ] as const)('on any screen: %s, %i px, %s', async (colorScheme, width, locale) => {
    const browser = await openBrowser({ colorScheme, width, locale });
    const page = await browser.page();
    const found: Record<string, readonly string[]> = {};
    const check = async (name: string): Promise<void> => {
      found[name] = await violations(page);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1,
      );
      if (overflow) found[name] = [...(found[name] ?? []), 'the page is wider than the window'];
    };
    await page.goto(server.url);
    await page.locator('h1').first().waitFor();
    await check('site');
    await page.goto(`${server.url}/admin/`);
    await page.locator('input[autocomplete=username]').waitFor();
    await check('login');
    await signIn(page, `${server.url}/admin/settings`, server.password);
    await page.locator('[data-save-bar]').waitFor();
    await check('settings');
    for (const path of [
      'team',
      'team/ines-m',
      'team/new',
      'services',
      'solutions',
      'news',
      'news/accessibilite',
      'nothing-here',
    ]) {
      await page.goto(`${server.url}/admin/${path}`);
      await page.locator('h1').first().waitFor();
      await page.waitForLoadState('load');
      await check(path);
    }
    await browser.close();
    expect(Object.fromEntries(Object.entries(found).filter(([, list]) => list.length > 0))).toEqual({});
  });
});
