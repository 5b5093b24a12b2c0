import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { signWebhook } from 'backoffice-sync/webhooks';
import { startSync, type Started } from '../../helpers/startSync.ts';
import { waitUntil } from '../../helpers/waitUntil.ts';
import { createExampleSite } from './exampleSite.ts';

interface Call {
  readonly headers: Record<string, string>;
  body: string;
}

let office: Started;
let server: Server;
let url: string;
let folder: string;
let secret: string;
let endpoint: string;
let site: ReturnType<typeof createExampleSite>;
/** What the sender sent, as it came over the wire. */
let calls: Call[];
/** What the site has read of the back office. */
let asked: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'backoffice-sync-site-'));
  calls = [];
  asked = [];
  office = await startSync({ webhooks: { allowPrivate: ['127.0.0.0/8'] } });
  const front = createServer((request, response) => {
    asked.push(request.url ?? '');
    void fetch(`${office.url}${request.url}`).then(async (answer) => {
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
    });
  });
  server = createServer((request, response) => {
    if (request.method === 'POST') record(request);
    site.app(request, response);
  });
  for (const one of [server, front]) await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve));
  url = addressOf(server);
  const registered = await office.send('POST', '/api/webhooks', { url: `${url}/hook` });
  expect(registered.status).toBe(201);
  ({ secret, id: endpoint } = (await registered.json()) as { secret: string; id: string });
  startSite(addressOf(front));
  server.once('close', () => front.close());
});
afterEach(async () => {
  await office.stop();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

let backofficeUrl = '';
const addressOf = (of: Server) => `http://127.0.0.1:${(of.address() as AddressInfo).port}`;
const startSite = (from = backofficeUrl) => {
  backofficeUrl = from;
  site = createExampleSite({ secret, backofficeUrl, file: join(folder, 'site.json') });
};
function record(request: IncomingMessage): void {
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)] as const);
  const call: Call = { headers: Object.fromEntries(headers.filter(([name]) => name.startsWith('webhook-'))), body: '' };
  request.on('data', (chunk: Buffer) => (call.body += chunk.toString()));
  request.on('end', () => calls.push(call));
}
const save = (name: string) => office.send('PATCH', '/api/team/m1', { name });
const shown = async () => {
  const answer = await fetch(`${url}/team/m1`);
  return answer.ok ? ((await answer.json()) as { name: string }).name : null;
};
const isShown = (name: string) => waitUntil(`the site shows ${name}`, async () => (await shown()) === name);
/** The first delivery that has a name in it. */
const callOf = (name: string): Call => {
  const found = calls.find(({ body }) => body.includes(`"name":"${name}"`));
  if (!found) throw new Error(`No delivery of ${name} came.`);
  return found;
};
const repeat = async (call: Call) => {
  const answer = await fetch(`${url}/hook`, { method: 'POST', headers: call.headers, body: call.body });
  return { status: answer.status, shown: answer.headers.get('x-sync-shown'), ...((await answer.json()) as object) };
};

describe('a site on Express', () => {
  it('shows a save as soon as it was delivered, and nothing of what visitors may not see', async () => {
    await save('Ada');
    await isShown('Ada');
    const page = await (await fetch(`${url}/team/m1`)).json();
    expect(page).toMatchObject({ id: 'm1', name: 'Ada', role: 'CTO' });
    expect(page).not.toHaveProperty('phone');
    expect(asked).toEqual([]);
  });

  it('drops a delivery that comes again and one that was overtaken, also after it was started anew', async () => {
    await save('Ada');
    await isShown('Ada');
    await save('Bea');
    await isShown('Bea');
    expect(await repeat(callOf('Bea'))).toMatchObject({ status: 200, outcome: 'duplicate', shown: '3' });
    expect(await repeat(callOf('Ada'))).toMatchObject({ status: 200, outcome: 'older', shown: '3' });
    startSite();
    expect(await repeat(callOf('Bea'))).toMatchObject({ outcome: 'duplicate' });
    expect(await repeat(callOf('Ada'))).toMatchObject({ outcome: 'older' });
    expect(await shown()).toBe('Bea');
  });

  it('applies a change after a hole at once, and asks for the record once', async () => {
    await save('Ada');
    await isShown('Ada');
    await office.sync.records('team').update('m1', { name: 'silent' }, { notify: false });
    await save('Cleo');
    await isShown('Cleo');
    await waitUntil('the record was fetched', () => asked.length > 0);
    await site.receiver.idle();
    expect(asked).toEqual(['/api/team/m1']);
    expect(await shown()).toBe('Cleo');
  });

  it('removes what was deleted', async () => {
    await save('Ada');
    await isShown('Ada');
    await office.send('DELETE', '/api/team/m1', undefined, { 'if-match': '*' });
    await waitUntil('the page is gone', async () => (await shown()) === null);
  });

  it('has everything after a reset, also what it had never heard of, and no more what is gone', async () => {
    await save('Ada');
    await isShown('Ada');
    await office.sync.records('team').create({ id: 'm7', name: 'Unheard', role: 'CEO' }, { notify: false });
    await office.sync.records('team').delete('m1', { notify: false });
    const body = JSON.stringify({ type: 'sync.reset', timestamp: '', data: { reason: 'overflow', cursor: '' } });
    const headers = { ...(await signWebhook({ id: 'msg_reset', timestamp: new Date(), body, secret })) };
    expect(await repeat({ headers, body })).toMatchObject({ status: 200, outcome: 'applied' });
    expect(await (await fetch(`${url}/team/m7`)).json()).toMatchObject({ name: 'Unheard' });
    expect((await fetch(`${url}/settings/main`)).status).toBe(200);
    expect(await shown()).toBeNull();
  });

  it('that lost everything has it again after a replay, and one that lost nothing takes a resend too', async () => {
    await save('Ada');
    await isShown('Ada');
    rmSync(join(folder, 'site.json'));
    startSite();
    expect(await shown()).toBeNull();
    expect((await office.send('POST', `/api/webhooks/${endpoint}/replay`, { since: 0 })).status).toBe(202);
    await isShown('Ada');
    const listed = await office.send('GET', `/api/webhooks/${endpoint}/deliveries`);
    const rows = (await listed.json()) as { id: string; recordId: string | null }[];
    const row = rows.find(({ recordId }) => recordId === 'm1');
    const again = await office.send('POST', `/api/webhooks/${endpoint}/deliveries/${row?.id}/resend`);
    expect(await again.json()).toMatchObject({ outcome: 'delivered', status: 200, shownVersion: 2 });
    expect((await office.send('POST', `/api/webhooks/${endpoint}/test`)).status).toBe(200);
  });

  it('stands in the documentation as it runs here', () => {
    const program = readFileSync(new URL('./exampleSite.ts', import.meta.url), 'utf8').trim();
    const page = readFileSync(new URL('../../../docs/receiving-webhooks.md', import.meta.url), 'utf8');
    expect(page).toContain(`\`\`\`ts\n${program}\n\`\`\``);
  });
});
