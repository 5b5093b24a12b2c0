import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { signWebhook } from 'backoffice-sync/webhooks';
import { startSync, type Started } from '../../helpers/startSync.ts';
import { createRevalidateRoute } from './cacheNextRoute.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** Pages that are kept with their tags, as Next.js keeps them. */
function createPages() {
  const pages = new Map<string, { readonly tags: readonly string[]; readonly text: string }>();
  const waiting: (() => void)[] = [];
  return {
    async show(name: string, tags: readonly string[], render: () => Promise<string>): Promise<string> {
      const kept = pages.get(name);
      if (kept) return kept.text;
      const text = await render();
      pages.set(name, { tags, text });
      return text;
    },
    revalidateTag(tag: string) {
      for (const [name, { tags }] of pages) if (tags.includes(tag)) pages.delete(name);
    },
    /** Resolves after the next delivery was taken. */
    taken: () => new Promise<void>((resolve) => void waiting.push(resolve)),
    take: () => waiting.splice(0).forEach((resolve) => resolve()),
  };
}

/** A site with the route, and an installation that tells it. */
async function startSite() {
  const pages = createPages();
  const secrets: string[] = [];
  let mayFail = false;
  const POST = createRevalidateRoute({
    secrets: () => secrets,
    revalidateTag(tag) {
      if (mayFail) {
        mayFail = false;
        throw new Error('the cache is busy');
      }
      pages.revalidateTag(tag);
    },
  });
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)]);
      const sent = new Request('http://site/api/revalidate', { method: 'POST', headers, body: Buffer.concat(chunks) });
      void POST(sent).then(({ status }) => {
        response.writeHead(status).end();
        if (status < 300) pages.take();
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const started = await startSync({
    webhooks: {
      allowPrivate: ['127.0.0.0/8'],
      register: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/revalidate`,
      onRegistered: ({ secret }) => void secrets.push(secret),
    },
  });
  stops.push(() => started.stop());
  return { pages, started, POST, secrets, failOnce: () => void (mayFail = true) };
}
async function signed(body: string, [secret = '']: readonly string[]): Promise<Request> {
  const headers = await signWebhook({ id: 'm1', timestamp: new Date(), body, secret });
  return new Request('http://site/api/revalidate', { method: 'POST', headers: { ...headers }, body });
}
const home =
  ({ started }: { started: Started }) =>
  async () => {
    const settings = (await (await fetch(`${started.url}/api/settings`)).json()) as { readonly companyName: string };
    return `Welcome to ${settings.companyName}`;
  };

describe('the Next.js recipe', () => {
  it('a page that is kept is fresh after a save', async () => {
    const site = await startSite();
    const { pages, started } = site;
    const show = () => pages.show('home', ['backoffice', 'settings'], home(site));
    const other = () => pages.show('team', ['backoffice', 'team'], async () => 'the team');
    expect([await show(), await other()]).toEqual(['Welcome to TRU Group', 'the team']);
    const taken = pages.taken();
    await started.send('PUT', '/api/settings', { companyName: 'Acme' }, { 'if-match': '*' });
    await taken;
    expect(await show()).toBe('Welcome to Acme');
    // It was never made old: rendering it anew would say something else.
    expect(await pages.show('team', [], async () => 'anew')).toBe('the team');
  });

  it('a delivery whose tags could not be made old is not answered as taken, and works when it comes again', async () => {
    const { pages, POST, secrets, failOnce } = await startSite();
    await pages.show('home', ['backoffice', 'settings'], async () => 'old');
    const change = {
      cursor: `${crypto.randomUUID()}:1`,
      version: 2,
      operation: 'updated',
      resource: 'settings',
      id: 'main',
    };
    const body = JSON.stringify({ type: 'settings.updated', data: change });
    failOnce();
    const told = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    expect((await POST(await signed(body, secrets))).status).toBe(500);
    expect(String(told.mock.calls[0]?.[1])).toContain('the cache is busy');
    told.mockRestore();
    const answer = await POST(await signed(body, secrets));
    expect([answer.status, await pages.show('home', [], async () => 'new')]).toEqual([200, 'new']);
  });

  it('after a reset every page of the back office is old', async () => {
    const { pages, POST, secrets } = await startSite();
    await pages.show('home', ['backoffice', 'settings'], async () => 'old');
    const body = JSON.stringify({
      type: 'sync.reset',
      timestamp: new Date().toISOString(),
      data: { reason: 'retention' },
    });
    const answer = await POST(await signed(body, secrets));
    expect([answer.status, await pages.show('home', [], async () => 'new')]).toEqual([200, 'new']);
  });

  it('whoever does not know the secret makes nothing old', async () => {
    const { pages, POST } = await startSite();
    await pages.show('home', ['settings'], async () => 'kept');
    const body = JSON.stringify({ type: 'settings.updated', data: { resource: 'settings', id: 'main' } });
    const answer = await POST(new Request('http://site/', { method: 'POST', body }));
    expect([answer.status, await pages.show('home', [], async () => 'anew')]).toEqual([401, 'kept']);
  });

  it('the page shows the program that these tests run', () => {
    const page = readFileSync(new URL('../../../docs/guides/nextjs.md', import.meta.url), 'utf8');
    const program = readFileSync(new URL('./cacheNextRoute.ts', import.meta.url), 'utf8');
    const [, shown] = /```ts\n(import \{ createWebhookReceiver[\s\S]*?)```/.exec(page) ?? [];
    expect(shown).toBe(program);
  });
});
