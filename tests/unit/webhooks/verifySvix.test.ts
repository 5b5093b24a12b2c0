import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook } from 'svix';
import { describe, expect, it } from 'vitest';
import { createWebhookReceiver, signWebhook, verifyWebhook } from 'backoffice-sync/webhooks';

const secret = `whsec_${Buffer.from('twenty-four bytes or mor').toString('base64')}`;
const body = '{"type":"user.created","data":{"name":"Ünïcode — “quoted”"}}';
const receiver = createWebhookReceiver({ secrets: [secret], onChange: () => undefined });

describe('the library of Svix', () => {
  it('signs what verifyWebhook and a receiver accept, under the names of its headers', async () => {
    const now = new Date();
    const headers = {
      'svix-id': 'msg_1',
      'svix-timestamp': String(Math.floor(now.getTime() / 1000)),
      'svix-signature': new Webhook(secret).sign('msg_1', now, body),
    };
    expect(await verifyWebhook({ headers, body, secrets: [secret] })).toMatchObject({ ok: true, id: 'msg_1' });
    expect((await receiver.receive({ headers, body })).status).toBe(200);
    expect((await receiver.receive({ headers, body: body.replace('Ü', 'U') })).status).toBe(401);
  });

  it('verifies what signWebhook signs, under its own names and those of the standard', async () => {
    const headers = await signWebhook({ id: 'msg_2', timestamp: new Date(), body, secret });
    const own = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.replace('webhook', 'svix'), String(value)]),
    );
    for (const signed of [own, { ...headers }]) {
      expect(() => new Webhook(secret).verify(body, signed)).not.toThrow();
      expect(() => new Webhook(secret).verify(`${body} `, signed)).toThrow(/signature/);
    }
  });
});

describe('the library of Standard Webhooks', () => {
  it('signs what a receiver accepts', async () => {
    const now = new Date();
    const headers = {
      'webhook-id': 'msg_3',
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': new StandardWebhook(secret).sign('msg_3', now, body),
    };
    expect((await receiver.receive({ headers, body })).status).toBe(200);
  });
});
