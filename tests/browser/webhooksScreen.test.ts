import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { verifyWebhook } from '../../shared/webhooks/index.ts';
import { openBrowser, signIn, type OpenBrowser } from '../helpers/openBrowser.ts';
import { startShipped, type Shipped } from '../helpers/startShipped.ts';

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** A receiver on this machine that answers what a test wants. */
interface Receiver {
  readonly url: string;
  status: number;
  readonly got: { readonly headers: IncomingHttpHeaders; readonly body: string }[];
}

describe('the webhook screens, in a browser', () => {
  let server: Shipped;
  let http: Server;
  let receiver: Receiver;
  const open: OpenBrowser[] = [];

  beforeAll(async () => {
    server = await startShipped({ WEBHOOK_ALLOW_PRIVATE: '127.0.0.0/8' });
    http = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        receiver.got.push({ headers: request.headers, body });
        response.writeHead(receiver.status, { 'content-type': 'text/plain' }).end('said the receiver');
      });
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    await server.stop();
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  });
  beforeEach(() => {
    const { port } = http.address() as AddressInfo;
    receiver = { url: `http://127.0.0.1:${port}/hooks`, status: 200, got: [] };
  });
  afterEach(async () => {
    for (const browser of open.splice(0)) await browser.close();
    const endpoints = (await (await server.send('GET', '/api/webhooks')).json()) as readonly { id: string }[];
    for (const { id } of endpoints) await server.send('DELETE', `/api/webhooks/${id}`);
  });

  const browse = async (options: Parameters<typeof openBrowser>[0]): Promise<Page> => {
    const browser = await openBrowser(options);
    open.push(browser);
    return browser.page();
  };
  const add = async (body: object): Promise<string> => {
    const answer = await server.send('POST', '/api/webhooks', { url: receiver.url, ...body });
    expect(answer.status).toBe(201);
    return ((await answer.json()) as { id: string }).id;
  };
  const rename = async (companyName: string) =>
    expect((await server.send('PATCH', '/api/settings', { companyName })).status).toBe(200);

  it.each([
    {
      locale: 'en-GB',
      add: 'Add a webhook',
      address: /^Address/,
      submit: 'Add',
      kept: 'I have stored it',
      done: 'Done',
      onlyFailed: 'Only failed',
      said: 'Result: Refused by the receiver',
      todo: /Check that it knows the current secret/,
      resend: 'Send again',
      delivered: 'Result: Delivered',
    },
    {
      locale: 'fr-FR',
      add: 'Ajouter un webhook',
      address: /^Adresse/,
      submit: 'Ajouter',
      kept: 'Je l’ai conservé',
      done: 'Terminer',
      onlyFailed: 'Échecs seulement',
      said: /^Résultat\s: Refusé par le destinataire$/,
      todo: /Vérifiez qu’il connaît le secret actuel/,
      resend: 'Renvoyer',
      delivered: /^Résultat\s: Remis$/,
    },
  ])('by keyboard an endpoint is added, a failed delivery is understood and sent again ($locale)', async (words) => {
    const page = await browse({ locale: words.locale });
    await signIn(page, `${server.url}/admin/webhooks`, server.password);
    await page.getByRole('link', { name: words.add }).waitFor();
    await reach(page, words.add);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: words.submit, exact: true }).waitFor();
    await reach(page, words.address);
    await page.keyboard.type(receiver.url);
    await reach(page, words.submit);
    await page.keyboard.press('Enter');

    const shown = page.locator('input[readonly]');
    await shown.waitFor();
    await expect.poll(() => focused(page)).toMatch(/^Secret/);
    const secret = await shown.inputValue();
    await reach(page, words.kept);
    await page.keyboard.press('Space');
    await reach(page, words.done);
    await page.keyboard.press('Enter');
    await page.locator('#deliveries').waitFor();
    expect(await page.content()).not.toContain(secret);

    receiver.status = 401;
    await rename(`Refused ${words.locale}`);
    await expect.poll(() => receiver.got.length).toBeGreaterThan(0);
    await reach(page, words.onlyFailed);
    await page.keyboard.press('Space');
    const failed = page.locator('main table tbody a').first();
    await failed.waitFor();
    await reach(page, await failed.innerText());
    await page.keyboard.press('Enter');
    await page.getByText(words.said).waitFor();
    await page.getByText(words.todo).waitFor();
    await page.getByText('said the receiver').waitFor();

    receiver.status = 200;
    await reach(page, words.resend);
    await page.keyboard.press('Enter');
    await page.getByText(words.delivered).waitFor();
    const { headers, body } = receiver.got.at(-1) as Receiver['got'][number];
    expect(await verifyWebhook({ headers, body, secrets: [secret] })).toMatchObject({ ok: true });
    expect(body).toContain(`Refused ${words.locale}`);
  });

  it('an endpoint that its receiver ends is told as a toast, once in each tab, and can be switched on again', async () => {
    const id = await add({ description: 'The old site' });
    const page = await browse({});
    await signIn(page, `${server.url}/admin/webhooks/${id}`, server.password);
    const second = await page.context().newPage();
    await second.goto(`${server.url}/admin/team`);
    for (const tab of [page, second]) await tab.getByText('Live', { exact: true }).first().waitFor();
    receiver.status = 410;
    await rename('Nobody wants this');
    for (const tab of [second, page]) {
      // A tab that nobody looks at keeps it until somebody does.
      await tab.bringToFront();
      const toast = tab.getByRole('alert').filter({ hasText: 'The old site' });
      await toast.waitFor();
      expect(await toast.count()).toBe(1);
    }
    await page.getByText('Switched off', { exact: true }).waitFor();
    receiver.status = 200;
    await page.getByRole('button', { name: 'Switch on again' }).click();
    await page.getByText('Switched off', { exact: true }).waitFor({ state: 'detached' });
  });

  it.each([1440, 390])('a long description without a space stays in its place at %i px', async (width) => {
    await add({ description: 'Donaudampfschifffahrtsgesellschaftskapitänsmützen'.repeat(10) });
    const page = await browse({ width });
    await signIn(page, `${server.url}/admin/webhooks`, server.password);
    const link = page.locator('main a', { hasText: 'Donau' });
    await link.waitFor();
    expect(await link.evaluate((element) => element.scrollWidth - element.clientWidth)).toBeLessThanOrEqual(0);
    expect(await link.evaluate((element) => element.getBoundingClientRect().right <= (element.closest('td, li')?.getBoundingClientRect().right ?? 0))).toBe(true); // prettier-ignore
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
  });

  it('the name of the screen stays whole in the menu beside how many need attention', async () => {
    receiver.status = 410;
    for (let count = 0; count < 10; count += 1) await add({});
    await rename('Nobody wants this either');
    const page = await browse({});
    await signIn(page, `${server.url}/admin/webhooks`, server.password);
    const link = page.locator('nav a', { hasText: 'Webhooks' }).first();
    await link.getByText('10 need attention').waitFor();
    const lines = await link.evaluate((element) => {
      const range = document.createRange();
      range.selectNode(element.firstChild as ChildNode);
      return range.getClientRects().length;
    });
    expect(lines).toBe(1);
  });

  it('on a phone nothing lies over the buttons of the form, however high the window is', async () => {
    // In French the words of the indicator are the longest.
    const page = await browse({ width: 390, height: 844, locale: 'fr-FR' });
    await signIn(page, `${server.url}/admin/webhooks/new`, server.password);
    await page.getByText('Aucune modification').first().waitFor();
    const buttons = [page.getByRole('button', { name: 'Ajouter' }), page.getByRole('link', { name: 'Annuler' })];
    for (let height = 1000; height >= 500; height -= 20) {
      await page.setViewportSize({ width: 390, height });
      for (const button of buttons) {
        const covered = await button.evaluate((element) => {
          const { left, right, top, bottom } = element.getBoundingClientRect();
          const corners = [left + 4, right - 4].flatMap((x) => [top + 4, bottom - 4].map((y) => document.elementFromPoint(x, y))); // prettier-ignore
          // Null: below the window.
          return corners.some((found) => found !== null && !element.contains(found));
        });
        expect([height, covered]).toEqual([height, false]);
      }
    }
  });

  it.each([
    ['light', 1440, 'en-GB'],
    ['dark', 1440, 'fr-FR'],
    ['light', 390, 'fr-FR'],
    ['dark', 390, 'en-GB'],
  ] as const)('axe finds nothing on any of them: %s, %i px, %s', async (colorScheme, width, locale) => {
    const failing = await add({ description: 'Intranet', resources: ['settings'], events: ['updated'] });
    receiver.status = 500;
    await rename(`Fails ${colorScheme} ${width}`);
    const latest = async (): Promise<string | undefined> => {
      const answer = await server.send('GET', `/api/webhooks/${failing}/deliveries?outcome=failed`);
      return ((await answer.json()) as readonly { id: string }[])[0]?.id;
    };
    await expect.poll(latest).toBeDefined();
    await server.send('PATCH', `/api/webhooks/${await add({})}`, { active: false });
    const page = await browse({ colorScheme, width, locale });
    await signIn(page, `${server.url}/admin/webhooks`, server.password);
    const found: Record<string, readonly string[]> = {};
    for (const [path, landmark] of [
      ['sync/configuration', 'main table, main ul'],
      ['webhooks', 'main table, main ul'],
      ['webhooks/new', 'fieldset'],
      [`webhooks/${failing}`, 'main table, main ul'],
      [`webhooks/${failing}/edit`, 'fieldset'],
      [`webhooks/${failing}/deliveries/${await latest()}`, '#sent'],
    ] as const) {
      await page.goto(`${server.url}/admin/${path}`);
      await page.locator(landmark).first().waitFor();
      found[path] = await violations(page);
    }
    expect(Object.values(found).flat()).toEqual([]);
  });
});

/** The name of what has the focus, as a person finds it. */
async function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement as HTMLInputElement | null;
    return (element?.labels?.[0]?.innerText ?? element?.innerText ?? '').trim();
  });
}

/** Goes there with the Tab key. */
async function reach(page: Page, name: string | RegExp): Promise<void> {
  const passed: string[] = [];
  while (passed.length < 100) {
    await page.keyboard.press('Tab');
    const now = await focused(page);
    if (typeof name === 'string' ? now === name : name.test(now)) return;
    passed.push(now);
  }
  throw new Error(`The Tab key does not lead to ${String(name)}, only to ${passed.join(', ')}.`);
}

/** Runs axe in the page, past the page's own content security policy; also says when the page is too wide. */
async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(readFileSync(axePath, 'utf8'));
  const result = (await page.evaluate('axe.run(document)')) as {
    readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
  };
  const isTooWide = await page.evaluate(
    () => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1,
  );
  const all = result.violations.map(({ id, nodes }) => `${page.url()} ${id}: ${nodes[0]?.html.slice(0, 160)}`);
  return isTooWide ? [...all, `${page.url()} is wider than the window`] : all;
}
