import type { Page, Route } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startShipped, type Shipped } from '../helpers/startShipped.ts';
import { openTab, openWorkspace, type WorkspacePage } from './workspaceBrowser.ts';

describe('the goals of an organization, in browsers', () => {
  let server: Shipped;
  const open: WorkspacePage[] = [];
  beforeAll(async () => {
    server = await startShipped({ EXAMPLE: 'workspace' });
  });
  afterAll(() => server.stop());
  afterEach(async () => {
    for (const { browser } of open.splice(0)) await browser.close();
  });
  const visit = async (username: string): Promise<WorkspacePage> => {
    const page = await openWorkspace(server, username);
    open.push(page);
    return page;
  };
  const make = async (name: string, fields: object = {}) => {
    const answer = await server.send('POST', '/api/goals', {
      name,
      progress: 10,
      organization_id: 'atelier-nord',
      ...fields,
    });
    expect(answer.status).toBe(201);
    return ((await answer.json()) as { id: string }).id;
  };
  /** Keeps every request of a verb back until it is let go. */
  const holdBack = async (page: Page, method: string) => {
    const held: Route[] = [];
    let isHolding = true;
    await page.route(/\/api\/goals/, async (route) => {
      if (isHolding && route.request().method() === method) held.push(route);
      else await route.continue();
    });
    return {
      held,
      letGo: async () => {
        isHolding = false;
        for (const route of held.splice(0)) await route.continue();
      },
    };
  };

  it('show what is saved before the server has it, and to everybody else the moment it has', async () => {
    const [ann, bob] = [await visit('nord-goals'), await visit('nord-hiring')];
    const posts = await holdBack(ann.page, 'POST');
    await ann.page.getByPlaceholder('New goal').fill('Shown at once');
    await ann.page.keyboard.press('Enter');
    await ann.goal('Shown at once').waitFor();
    await expect.poll(() => posts.held.length).toBe(1);
    // Nothing has reached the server, which is why nobody else can have it.
    const stored = (await (await server.send('GET', '/api/goals')).json()) as readonly { readonly name: string }[];
    expect(stored.map(({ name }) => name)).not.toContain('Shown at once');
    expect(await bob.goal('Shown at once').count()).toBe(0);
    await posts.letGo();
    await bob.goal('Shown at once').waitFor();

    const form = await bob.edit('Shown at once');
    await form.getByLabel('Progress (%)').fill('45');
    await form.getByRole('button', { name: 'Save' }).click();
    await ann.goal('Shown at once').getByText('45%').waitFor();

    await form.getByRole('button', { name: 'Delete' }).click();
    const question = bob.page.getByRole('alertdialog', { name: 'Delete “Shown at once”?' });
    await question.getByRole('button', { name: 'Cancel' }).click();
    expect(await bob.goal('Shown at once').count()).toBe(1);
    await form.getByRole('button', { name: 'Delete' }).click();
    await question.getByRole('button', { name: 'Delete' }).click();
    await bob.goal('Shown at once').waitFor({ state: 'detached' });
    await ann.goal('Shown at once').waitFor({ state: 'detached' });
  });

  it('take a refused save back to what others have made it, and leave what is being typed alone', async () => {
    const id = await make('Taken back');
    const ann = await visit('nord-goals');
    const form = await ann.edit('Taken back');
    const puts = await holdBack(ann.page, 'PUT');
    await form.getByLabel('Progress (%)').fill('150');
    await form.getByRole('button', { name: 'Save' }).click();
    await ann.goal('Taken back').getByText('150%').waitFor();
    await expect.poll(() => puts.held.length).toBe(1);
    await form.getByLabel('Description').pressSequentially('Typed while ');
    // A colleague is faster: this is what the goal goes back to.
    expect((await server.send('PATCH', `/api/goals/${id}`, { name: 'Taken over', status: 'at_risk' })).status).toBe(
      200,
    );
    await ann.goal('Taken over').waitFor();
    await puts.letGo();
    await ann.page.getByRole('alert').filter({ hasText: '“Taken over” was not saved.' }).waitFor();
    await ann.goal('Taken over').getByText('10%').waitFor();
    await ann.goal('Taken over').locator('.card-facts').getByText('At risk').waitFor();
    const after = ann.goal('Taken over').locator('form');
    await after.getByLabel('Description').pressSequentially('it failed');
    expect(await after.getByLabel('Description').inputValue()).toBe('Typed while it failed');
    expect(await after.getByLabel('Name').inputValue()).toBe('Taken over');
    expect(await after.getByLabel('Progress (%)').inputValue()).toBe('150');
    await after.getByLabel('Progress (%)').fill('50');
    await after.getByRole('button', { name: 'Save' }).click();
    await expect
      .poll(async () => (await server.send('GET', `/api/goals/${id}`)).json())
      .toMatchObject({ name: 'Taken over', status: 'at_risk', progress: 50, description: 'Typed while it failed' });
  });

  it('stay open with what was typed when somebody else deletes them', async () => {
    const id = await make('Deleted meanwhile');
    const ann = await visit('nord-goals');
    const form = await ann.edit('Deleted meanwhile');
    await form.getByLabel('Description').fill('Half a sent');
    expect((await server.send('DELETE', `/api/goals/${id}`, undefined, { 'if-match': '*' })).status).toBe(204);
    await form.getByRole('alert').filter({ hasText: 'Somebody has deleted this goal.' }).waitFor();
    expect(await form.getByLabel('Description').inputValue()).toBe('Half a sent');
    await ann.goal('Deleted meanwhile').getByRole('button', { name: 'Close' }).click();
    const question = ann.page.getByRole('alertdialog', { name: 'Close without saving?' });
    await question.getByRole('button', { name: 'Close' }).click();
    await ann.goal('Deleted meanwhile').waitFor({ state: 'detached' });
  });

  it('ask before what was typed is dropped because the form closes or another goal opens, and an empty number is not 0', async () => {
    const id = await make('Half written');
    await make('The other one');
    const ann = await visit('nord-goals');
    const form = await ann.edit('Half written');
    await form.getByLabel('Description').fill('Half a sent');
    const question = ann.page.getByRole('alertdialog', { name: 'Close without saving?' });
    for (const [goal, button] of [['The other one', 'Edit'], ['Half written', 'Close']] as const) {
      await ann.goal(goal).getByRole('button', { name: button }).click();
      await question.getByRole('button', { name: 'Cancel' }).click();
      await question.waitFor({ state: 'detached' });
      expect(await form.getByLabel('Description').inputValue()).toBe('Half a sent');
    }
    await form.getByLabel('Progress (%)').fill('');
    expect(await form.getByLabel('Progress (%)').inputValue()).toBe('');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText('The server does not accept this value.').waitFor();
    await form.getByLabel('Progress (%)').fill('20');
    await form.getByRole('button', { name: 'Save' }).click();
    await expect
      .poll(async () => (await server.send('GET', `/api/goals/${id}`)).json())
      .toMatchObject({ progress: 20, description: 'Half a sent' });
    // Saved: nothing to ask about.
    await expect.poll(() => form.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    await (await ann.edit('The other one')).getByLabel('Name').waitFor();
  }); // prettier-ignore

  it('are never seen by another organization, neither in the list nor live, in rooms or by address', async () => {
    const id = await make('Of the north');
    const [ann, zoe] = [await visit('nord-goals'), await visit('sud-goals')];
    await ann.goal('Of the north').waitFor();
    expect(await zoe.goal('Of the north').count()).toBe(0);
    const heard: string[] = [];
    await zoe.page.exposeFunction('hear', (text: string) => void heard.push(text));
    await zoe.page.evaluate(() => {
      const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/api/sync/ws?resources=goals`);
      const { hear } = window as unknown as { hear(text: string): Promise<void> };
      socket.onmessage = ({ data }) => void hear(String(data));
    });
    await expect.poll(() => heard.join()).toContain('subscribed');
    await server.send('PATCH', `/api/goals/${id}`, { name: 'Still of the north' });
    await ann.goal('Still of the north').waitFor();
    // Told after it, on the same socket: what is not there by now never comes.
    await make('Of the south', { organization_id: 'maison-sud' });
    await zoe.goal('Of the south').waitFor();
    await expect.poll(() => heard.join()).toContain('Of the south');
    expect(heard.join()).not.toContain('north');
    expect(await zoe.goal('Still of the north').count()).toBe(0);
    expect(await ann.goal('Of the south').count()).toBe(0);
    const asked = await zoe.page.evaluate(
      async (goal) =>
        Promise.all([
          fetch(`/api/goals/${goal}`).then(({ status }) => status),
          fetch(`/api/goals/${goal}/history`).then((answer) => answer.text()),
          fetch('/api/goals', {
            method: 'POST',
            headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify({ name: 'Planted', organization_id: 'atelier-nord' }),
          }).then(({ status }) => status),
          fetch('/api/sync/presence', {
            method: 'POST',
            headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify({ channel: `presence:goal:${goal}`, key: 'looking-in', state: {} }),
          }).then(({ status }) => status),
        ]),
      id,
    );
    expect([asked[0], asked[2], asked[3]]).toEqual([404, 403, 403]);
    expect(asked[1]).not.toContain('north');
  });

  it('say who else has one open, and on which field', async () => {
    await make('Shared');
    const [ann, bob] = [await visit('nord-goals'), await visit('nord-hiring')];
    const form = await ann.edit('Shared');
    await form.getByText('Nobody else has this goal open.').waitFor();
    const his = await bob.edit('Shared');
    await his.getByLabel('Description').focus();
    await form.getByText('Also here: nord-hiring (Description)').waitFor();
    await bob.goal('Shared').getByRole('button', { name: 'Close' }).click();
    await form.getByText('Nobody else has this goal open.').waitFor();
  });

  it('stand beside the candidates, of whom each new one is counted and told', async () => {
    const [ann, zoe] = [await visit('nord-hiring'), await visit('sud-hiring')];
    await ann.page.locator('[data-subscription=subscribed]').waitFor();
    for (const name of ['Candidature 7', 'Candidature 8'])
      await server.send('POST', '/api/candidates', { name, job_posting_id: 'nord-menuisier', organization_id: 'atelier-nord' }); // prettier-ignore
    await ann.page.getByText('2 new since you opened this page').waitFor();
    for (const name of ['Candidature 7', 'Candidature 8'])
      await ann.page
        .getByRole('status')
        .filter({ hasText: `New candidate: ${name}` })
        .waitFor();
    await ann.page.getByLabel('Tell me about new ones').uncheck();
    await ann.page.locator('[data-subscription=closed]').waitFor();
    expect(await zoe.page.getByText('New candidate').count()).toBe(0);
    await zoe.page.getByText('0 new since you opened this page').waitFor();
  });

  it('are on a page that gets a message of its user in every tab, and none of anybody else', async () => {
    const [ann, bob] = [await visit('nord-goals'), await visit('nord-hiring')];
    const second = await openTab(server, ann);
    const send = (of: WorkspacePage, title: string) =>
      of.page.evaluate(
        async (text) =>
          fetch('/api/sync/send', {
            method: 'POST',
            headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify({ type: 'notification', payload: { title: text } }),
          }).then(({ status }) => status),
        title,
      );
    expect(await send(ann, 'The export is ready')).toBe(201);
    for (const tab of [ann, second])
      await tab.page.getByRole('status').filter({ hasText: 'The export is ready' }).waitFor();
    expect(await send(bob, 'Only for one')).toBe(201);
    await bob.page.getByRole('status').filter({ hasText: 'Only for one' }).waitFor();
    expect(await bob.page.getByText('The export is ready').count()).toBe(0);
    // A message after it, on the same connection: what is not there by now never comes.
    expect(await send(ann, 'And after')).toBe(201);
    for (const tab of [ann, second]) {
      await tab.page.getByText('And after').waitFor();
      expect(await tab.page.getByText('Only for one').count()).toBe(0);
    }
  });
});
