import { readFileSync } from 'node:fs';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { signWebhook, verifyWebhook, type VerifyOptions } from 'backoffice-sync/webhooks';

interface Case {
  readonly name: string;
  readonly secrets: readonly string[];
  readonly nowSeconds: number;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly expect: 'valid' | 'refused';
}
const corpus = new URL('../../fixtures/webhook-signatures.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(corpus, 'utf8')) as { cases: readonly Case[] };

const secret = `whsec_${Buffer.from('twenty-four bytes or mor').toString('base64')}`;
const other = `whsec_${Buffer.from('another secret of a size').toString('base64')}`;
const body = '{"type":"settings.updated","data":{"name":"Ünïcode — “quoted”"}}';
const now = 1_760_000_000;

async function delivery(change: Partial<VerifyOptions> = {}): Promise<VerifyOptions> {
  const headers = { ...(await signWebhook({ id: 'msg_1', timestamp: now, body, secret })) };
  return { headers, body, secrets: [secret], now, ...change };
}

describe('the corpus of signatures', () => {
  it('has its 120 cases', () => expect(cases.length).toBe(120));
  it.each(cases)('is judged right: $name', async ({ headers, body: sent, secrets, nowSeconds, expect: verdict }) => {
    const { ok } = await verifyWebhook({ headers, body: sent, secrets, now: nowSeconds });
    expect(ok ? 'valid' : 'refused').toBe(verdict);
  });
});

describe('the public library', () => {
  it('accepts what signWebhook signs', async () => {
    const headers = await signWebhook({ id: 'msg_1', timestamp: new Date(), body, secret });
    expect(new Webhook(secret).verify(body, { ...headers })).toEqual(JSON.parse(body));
  });

  it('signs what verifyWebhook accepts', async () => {
    const headers = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(now),
      'webhook-signature': new Webhook(secret).sign('msg_1', new Date(now * 1000), body),
    };
    expect(await verifyWebhook(await delivery({ headers }))).toEqual({
      ok: true,
      id: 'msg_1',
      timestamp: new Date(now * 1000),
      secretIndex: 0,
    });
  });
});

describe('verifyWebhook', () => {
  it('reads headers of a request, whatever the case of their names', async () => {
    const { headers } = await delivery();
    const upper = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), [value]]));
    expect((await verifyWebhook(await delivery({ headers: new Headers(headers as Record<string, string>) }))).ok).toBe(
      true,
    );
    expect((await verifyWebhook(await delivery({ headers: upper }))).ok).toBe(true);
  });

  it('takes the body as bytes', async () => {
    expect((await verifyWebhook(await delivery({ body: Buffer.from(body) }))).ok).toBe(true);
  });

  it('says which of two secrets it was during a rotation', async () => {
    expect(await verifyWebhook(await delivery({ secrets: [other, 'no secret', secret] }))).toMatchObject({
      ok: true,
      secretIndex: 2,
    });
  });

  it('accepts one right signature among others', async () => {
    const { headers } = await delivery();
    const right = (headers as Record<string, string>)['webhook-signature'];
    const wrong = (await signWebhook({ id: 'msg_1', timestamp: now, body, secret: other }))['webhook-signature'];
    const signatures = { ...headers, 'webhook-signature': `v1a,zzz ${wrong} ${right}` } as Record<string, string>;
    expect((await verifyWebhook(await delivery({ headers: signatures }))).ok).toBe(true);
  });

  it('says why it refuses', async () => {
    const headers = (await delivery()).headers as Record<string, string>;
    const reason = async (change: Partial<VerifyOptions>) => {
      const verdict = await verifyWebhook(await delivery(change));
      return verdict.ok ? 'accepted' : verdict.reason;
    };
    expect(await reason({ headers: {} })).toBe('headers');
    expect(await reason({ headers: { ...headers, 'Webhook-Id': 'msg_2' } })).toBe('headers');
    expect(await reason({ headers: { ...headers, 'webhook-timestamp': `0${now}` } })).toBe('timestamp');
    expect(await reason({ now: now + 301 })).toBe('tooOld');
    expect(await reason({ now: now - 301 })).toBe('tooNew');
    expect(await reason({ now: now + 11, toleranceSeconds: 10 })).toBe('tooOld');
    expect(await reason({ now: Number.NaN })).toBe('tooOld');
    expect(await reason({ secrets: ['', 'whsec_', 'whsec_?'] })).toBe('secrets');
    expect(await reason({ secrets: [other] })).toBe('signature');
    expect(await reason({ body: `${body} ` })).toBe('signature');
    expect(await reason({ body: JSON.parse(body) as string })).toBe('body');
  });

  it('refuses a signature that is written in another way than base64 writes it', async () => {
    const headers = (await delivery()).headers as Record<string, string>;
    const right = headers['webhook-signature'] ?? '';
    for (const wrong of [
      right.slice(0, -1),
      right.replace('=', '=='),
      `${right.slice(0, 10)}\t${right.slice(10)}`,
      right.replace('v1', 'V1'),
    ]) {
      const verdict = await verifyWebhook(await delivery({ headers: { ...headers, 'webhook-signature': wrong } }));
      expect(verdict).toEqual({ ok: false, reason: 'signature' });
    }
  });

  it('never throws, whatever comes', async () => {
    for (const broken of [
      null,
      undefined,
      1,
      'text',
      [],
      { headers: null },
      { headers: { get: () => 5 }, body, secrets: [secret] },
    ]) {
      expect((await verifyWebhook(broken as unknown as VerifyOptions)).ok).toBe(false);
    }
    expect((await verifyWebhook(await delivery({ secrets: null as unknown as string[] }))).ok).toBe(false);
  });
});

describe('signWebhook', () => {
  it('refuses what cannot be signed, and says what was expected', async () => {
    const sign = (change: object) => signWebhook({ id: 'msg_1', timestamp: now, body, secret, ...change });
    await expect(sign({ secret: 'whsec_!' })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
    await expect(sign({ timestamp: new Date('no date') })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
    await expect(sign({ id: 'with.stop' })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  });
});
