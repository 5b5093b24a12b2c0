import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openKeptBrowser, type KeptBrowser } from '../helpers/openKeptBrowser.ts';
import type { OutboxPage } from '../helpers/outboxPage.ts';
import { startOutboxFront, type OutboxFront } from '../helpers/startOutboxFront.ts';
import { startShipped, type Shipped } from '../helpers/startShipped.ts';

declare const outboxPage: OutboxPage;

const pathOf = (id: string) => `/api/team/${id}`;

describe('saves in a real Chromium', () => {
  let server: Shipped;
  let front: OutboxFront;
  let browser: KeptBrowser;
  let people: readonly string[] = [];
  let count = 0;
  beforeAll(async () => {
    server = await startShipped();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    count += 1;
    // New ones for each test: a history outlives its record.
    people = [1, 2, 3, 4, 5].map((at) => `p${count}-${at}`);
    for (const id of people) {
      expect((await server.send('POST', '/api/team', { id, name: id, role: 'r0' })).status).toBe(201);
    }
    front = await startOutboxFront(server);
    browser = await openKeptBrowser();
  });
  afterEach(async () => {
    await browser.end();
    await front.close();
  });

  /** A tab whose person is signed in, and whose forms are loaded. */
  const openTab = async (): Promise<Page> => {
    const page = await browser.context().newPage();
    await page.goto(front.url);
    await page.evaluate(() => outboxPage.outbox.signIn('u1'));
    await page.evaluate((ids) => Promise.all(ids.map((id) => outboxPage.service.load(`/api/team/${id}`))), people);
    return page;
  };
  const save = (page: Page, id: string, method: 'PUT' | 'PATCH', data: object) =>
    page.evaluate(([url, how, what]) => outboxPage.save(url, how, what), [pathOf(id), method, data] as const);
  const isKept = async (page: Page) => expect(await page.evaluate(() => outboxPage.outbox.kept())).toBe(true);
  const isEmpty = (page: Page) =>
    expect.poll(() => page.evaluate(() => outboxPage.service.getState().entries.length), { timeout: 60_000 }).toBe(0);
  /** What was stored of a person since he was made, oldest first: what each version has set. */
  const storedOf = async (id: string): Promise<readonly object[]> => {
    const history = (await (await server.send('GET', `${pathOf(id)}/history`)).json()) as readonly Stored[];
    const since = history.slice(
      0,
      history.findIndex(({ operation }) => operation === 'create'),
    );
    const setBy = ({ patch }: Stored) =>
      patch.flatMap(({ path, value }) =>
        path === '/name' || path === '/role' ? [[path.slice(1), value] as const] : [],
      );
    return since.map((version) => Object.fromEntries(setBy(version))).toReversed();
  };
  /** Nothing was refused, and each of so many saves kept its key and its body, however often it was sent and by whomever. */
  const areAnsweredWell = (count: number) => {
    expect(front.tries.map(({ status }) => status).filter((status) => status !== null && status >= 400)).toEqual([]);
    const bodies = new Map(front.tries.map(({ key, body }) => [key, body]));
    expect(bodies.size).toBe(count);
    for (const { key, body } of front.tries) expect(bodies.get(key)).toBe(body);
  };

  it('thirty edits of five records, made offline before Chromium is killed, all arrive once and in order', async () => {
    const page = await openTab();
    await browser.context().setOffline(true);
    for (let at = 1; at <= 6; at++) {
      for (const id of people) {
        // By turns one field, and the whole form.
        if (at % 2 === 1) await save(page, id, 'PATCH', { role: `r${at}` });
        else await save(page, id, 'PUT', { name: `${id} n${at}`, role: `r${at}` });
      }
    }
    await isKept(page);
    await browser.kill();
    expect(front.tries).toEqual([]);
    await browser.start();
    const again = await openTab();
    await isEmpty(again);
    areAnsweredWell(30);
    for (const id of people) {
      expect(await storedOf(id)).toEqual([
        { role: 'r1' },
        { name: `${id} n2`, role: 'r2' },
        { role: 'r3' },
        { name: `${id} n4`, role: 'r4' },
        { role: 'r5' },
        { name: `${id} n6`, role: 'r6' },
      ]);
    }
  });

  it('a tab that is closed in the middle of a request leaves its saves to the other one, which edits the same records', async () => {
    const [first, second] = people as [string, string];
    const [closing, staying] = [await openTab(), await openTab()];
    const closed = new Promise<void>((resolve) => {
      front.loseNextAnswer(async () => {
        await closing.close();
        resolve();
      });
    });
    await browser.context().setOffline(true);
    await save(closing, first, 'PATCH', { role: 'of the closing tab' });
    await save(closing, first, 'PUT', { name: 'of the closing tab', role: 'of the closing tab, later' });
    await save(closing, second, 'PATCH', { role: 'of the closing tab' });
    await isKept(closing);
    await save(staying, first, 'PUT', { name: first, role: 'of the staying tab' });
    await save(staying, second, 'PUT', { name: 'of the staying tab', role: 'r0' });
    await isKept(staying);
    await browser.context().setOffline(false);
    await closed;
    await isEmpty(staying);
    areAnsweredWell(5);
    expect(await storedOf(first)).toEqual([
      { role: 'of the closing tab' },
      { name: 'of the closing tab', role: 'of the closing tab, later' },
      { role: 'of the staying tab' },
    ]);
    expect(await storedOf(second)).toEqual([{ role: 'of the closing tab' }, { name: 'of the staying tab' }]);
    expect(await staying.evaluate(() => outboxPage.ended)).toEqual({ saved: 2, refused: [] });
  });

  it('a save that the server stored before it was killed without an answer is sent again, and stored once', async () => {
    const [first, second] = people as [string, string];
    const page = await openTab();
    const killed = new Promise<void>((resolve) => {
      front.loseNextAnswer(async () => {
        await server.kill();
        resolve();
      });
    });
    await save(page, first, 'PATCH', { role: 'r1' });
    await killed;
    await save(page, first, 'PUT', { name: 'n2', role: 'r2' });
    await save(page, second, 'PATCH', { role: 'r1' });
    await server.start();
    await isEmpty(page);
    areAnsweredWell(3);
    expect(await storedOf(first)).toEqual([{ role: 'r1' }, { name: 'n2', role: 'r2' }]);
    expect(await storedOf(second)).toEqual([{ role: 'r1' }]);
    expect(await page.evaluate(() => outboxPage.ended)).toEqual({ saved: 3, refused: [] });
  });
});

interface Stored {
  readonly operation: string;
  readonly patch: readonly { readonly path: string; readonly value?: unknown }[];
}
