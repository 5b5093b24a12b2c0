import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Reach, ShownItem } from '../../../shared/protocol/reach.ts';
import { shownLimits } from '../../../shared/protocol/reach.ts';
import { authenticateAs } from '../../helpers/authenticateAs.ts';
import { waitUntil } from '../../helpers/waitUntil.ts';
import { startReceiver } from '../webhooks/receiver.ts';
import { apiToken, startSync, type Started } from '../../helpers/startSync.ts';

describe('why a save is late', () => {
  const as = (who: string) => ({ authorization: `As ${who}` });
  const stops: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  });

  it.each([
    ['callFails', () => startReceiver(500)],
    ['olderShown', () => startReceiver((response) => response.writeHead(200, { 'x-sync-shown': '1' }).end())],
  ] as const)(
    'is told as %s also to who may read and not configure, without where it got stuck',
    async (why, start) => {
      const office = await startSync({ authenticate: authenticateAs, apiToken: undefined, reach: { lateAfterMs: 0 }, webhooks: { allowPrivate: ['127.0.0.0/8'] } }); // prettier-ignore
      stops.push(() => office.stop());
      const receiver = await start();
      stops.push(() => receiver.close());
      await office.send('POST', '/api/webhooks', { url: receiver.url }, as('ada:admin'));
      await office.sync.records('settings').update('main', { companyName: 'Late' });
      const reachFor = async (who: string) =>
        (await (await office.send('GET', '/api/settings/reach', undefined, as(who))).json()) as Reach;
      await waitUntil('the call has been answered', async () => {
        const [endpoint] = (await reachFor('ada:admin')).endpoints;
        return endpoint?.state === 'failed' || endpoint?.state === 'sent';
      });
      expect(await reachFor('vera:viewer')).toMatchObject({ state: 'late', lateBecause: why, endpoints: [] });
    },
  );
});

describe('how far a save has come', () => {
  let at: Started;
  beforeEach(async () => {
    at = await startSync({ reach: { lateAfterMs: 0 } });
  });
  afterEach(() => at.stop());

  const reach = async (path: string) => (await (await at.send('GET', `/api/${path}/reach`)).json()) as Reach;
  const rename = async (companyName: string) =>
    ((await (await at.send('PATCH', '/api/settings', { companyName })).json()) as { version: number }).version;
  /** As a browser of another origin sends it: plain text, nobody's cookie. */
  const report = (items: unknown, type = 'text/plain;charset=UTF-8') =>
    fetch(`${at.url}/api/sync/shown`, {
      method: 'POST',
      headers: { 'content-type': type, origin: 'https://www.example.com' },
      body: typeof items === 'string' ? items : JSON.stringify({ items }),
    });
  const shown = (version: number, more: Partial<ShownItem> = {}): ShownItem => ({
    resource: 'settings',
    id: 'main',
    version,
    kind: 'shown',
    ...more,
  });

  it('is saved, and shown as soon as a browser says so, with the time that this took', async () => {
    const version = await rename('Seen');
    expect(await reach('settings')).toMatchObject({
      resource: 'settings',
      id: 'main',
      version,
      state: 'saved',
      reason: null,
      shownAfterMs: null,
      browsers: { reports: 0, medianMs: null, older: null },
      endpoints: [],
    });
    expect((await report([shown(version)])).status).toBe(204);
    const after = await reach('settings');
    expect(after).toMatchObject({ state: 'shown', browsers: { reports: 1 } });
    expect(after.shownAfterMs).toBe(after.browsers.medianMs);
    expect(after.shownAfterMs).toBeGreaterThanOrEqual(0);
  });

  it('is sent while pages follow the resource', async () => {
    const leaving = new AbortController();
    const stream = await fetch(`${at.url}/api/sync/stream?resources=settings`, { signal: leaving.signal });
    await rename('Followed');
    expect(await reach('settings')).toMatchObject({ state: 'sent', followers: 1 });
    leaving.abort();
    await stream.body?.cancel().catch(() => undefined);
  });

  it('is not sent by the panel of the admin who saved: that is no site', async () => {
    const leaving = new AbortController();
    const panel = await fetch(`${at.url}/api/sync/stream?resources=settings`, { headers: { authorization: `Bearer ${apiToken}` }, signal: leaving.signal }); // prettier-ignore
    await rename('Watched by oneself');
    expect(await reach('settings')).toMatchObject({ state: 'saved', followers: 0 });
    leaving.abort();
    await panel.body?.cancel().catch(() => undefined);
  });

  it('begins anew with the next save, of which nobody has said anything', async () => {
    await report([shown(await rename('One'))]);
    const version = await rename('Two');
    expect(await reach('settings')).toMatchObject({ version, state: 'saved', browsers: { reports: 0 } });
  });

  it('is late when a page comes with an older copy, and a page that was open with the old text says nothing', async () => {
    const old = await rename('Old');
    const version = await rename('New');
    await report([shown(old)]);
    expect(await reach('settings')).toMatchObject({ state: 'saved', browsers: { older: null } });
    await report([shown(old, { kind: 'rendered' })]);
    expect(await reach('settings')).toMatchObject({ state: 'late', browsers: { older: { version: old } } });
    await report([shown(version)]);
    // Somebody shows it, and somebody is served an old copy: the second is what has to be known.
    expect(await reach('settings')).toMatchObject({ state: 'late', browsers: { reports: 1 } });
  });

  it('is nothing that visitors are told of after a silent save, of a hidden field, and of what is not public', async () => {
    await at.send('PATCH', '/api/settings', { companyName: 'Hush' }, { Prefer: 'notify=none' });
    expect(await reach('settings')).toMatchObject({ state: 'untold', reason: 'silent' });
    await at.send('PATCH', '/api/team/m1', { phone: '77' });
    expect(await reach('team/m1')).toMatchObject({ state: 'untold', reason: 'hidden' });
    await at.send('PATCH', '/api/mail', { host: 'smtp9' });
    expect(await reach('mail')).toMatchObject({ state: 'untold', reason: 'notPublic' });
    const news = (await (await at.send('POST', '/api/news', { title: 'Draft' })).json()) as { id: string };
    expect(await reach(`news/${news.id}`)).toMatchObject({ state: 'untold', reason: 'draft' });
    await at.send('POST', `/api/news/${news.id}/publish`);
    expect(await reach(`news/${news.id}`)).toMatchObject({ state: 'saved', reason: null });
  });

  it('follows a deletion too', async () => {
    await at.send('DELETE', '/api/team/m1', undefined, { 'If-Match': '*' });
    expect(await reach('team/m1')).toMatchObject({ state: 'saved', version: 2 });
  });

  it('takes no word of a stranger about what there is not', async () => {
    const version = await rename('Real');
    await report([
      shown(version + 1),
      shown(1, { resource: 'nothing' }),
      shown(1, { resource: 'mail' }),
      shown(1, { resource: 'team', id: 'nobody' }),
    ]);
    expect(await reach('settings')).toMatchObject({ state: 'saved', browsers: { reports: 0 } });
    expect((await at.send('GET', '/api/team/nobody/reach')).status).toBe(404);
  });

  it.each([
    ['no list', '{}', 400],
    ['another kind', { items: [shown(1, { kind: 'guessed' as never })] }, 400],
    ['a version that is none', { items: [shown(1.5)] }, 400],
    ['an id that no record has', { items: [shown(1, { id: '../x' })] }, 400],
    ['too many', { items: Array.from({ length: shownLimits.maxItems + 1 }, () => shown(1)) }, 400],
    ['no JSON', 'hello', 400],
    ['too much', `{"items":[],"x":"${'x'.repeat(shownLimits.maxBytes)}"}`, 413],
  ])('refuses a report with %s', async (_name, body, status) => {
    expect((await report(typeof body === 'string' ? body : JSON.stringify(body))).status).toBe(status);
  });

  it('takes a bounded number of reports in a second, and says nothing of the rest', async () => {
    const version = await rename('Popular');
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => report(Array.from({ length: shownLimits.maxItems }, () => shown(version)))),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 204));
    const { reports } = (await reach('settings')).browsers;
    // The clock may have gone on by a second or two while they came.
    expect(reports).toBeLessThanOrEqual(3 * shownLimits.perSecond);
    expect(reports % shownLimits.perSecond === 0 || reports >= shownLimits.perSecond).toBe(true);
  });

  it('is for people who sign in and may read the record', async () => {
    expect((await fetch(`${at.url}/api/settings/reach`)).status).toBe(401);
    expect((await at.send('GET', '/api/team/reach')).status).toBe(404);
    expect((await at.send('GET', '/api/nothing/reach')).status).toBe(404);
  });
});
