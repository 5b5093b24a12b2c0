import { afterEach, beforeEach, expect, it } from 'vitest';
import { startReceiver } from './receiver.ts';
import { createWorld } from './senderWorld.ts';

let receiver: Awaited<ReturnType<typeof startReceiver>>;
let world: ReturnType<typeof createWorld>;

beforeEach(async () => {
  world = createWorld();
  receiver = await startReceiver();
});
afterEach(async () => {
  await world.close();
  await receiver.close();
});

it('a redirect is not followed, and the admin is told', async () => {
  receiver.answers.push((response) =>
    response.writeHead(307, { location: `http://127.0.0.1:${receiver.port}/inside` }).end(),
  );
  const webhooks = await world.start();
  const { id } = await webhooks.add(receiver.url);
  await world.save('settings', 'main', { name: 'one' });
  await webhooks.idle();
  expect(receiver.calls.map(({ path }) => path)).toEqual(['/hook']);
  const { lastDelivery, pending } = (await webhooks.api.get(`/webhooks/${id}`)).body as {
    lastDelivery: { error: string };
    pending: number;
  };
  expect([pending, lastDelivery.error]).toEqual([
    1,
    'The receiver answered 307. Redirects are not followed: register the address that it leads to.',
  ]);
});

it('a name that leads inside after it was registered gets no connection', async () => {
  const answers = ['8.8.8.8', '127.0.0.1'];
  const resolve = async () => [{ address: answers.shift() ?? '127.0.0.1', family: 4 }];
  const webhooks = await world.start({ allowPrivate: [], resolve });
  const { id } = await webhooks.add(`http://rebind.example:${receiver.port}/hook`);
  await world.save('settings', 'main', { name: 'one' });
  await webhooks.idle();
  expect(receiver.calls.length).toBe(0);
  const { lastDelivery } = (await webhooks.api.get(`/webhooks/${id}`)).body as {
    lastDelivery: { status: null; error: string };
  };
  expect(lastDelivery.status).toBe(null);
  expect(lastDelivery.error).toContain('leads to 127.0.0.1');
});

it('a connection goes to the address that was judged, whatever the name says a moment later', async () => {
  const asked: string[] = [];
  const resolve = async (name: string) => {
    asked.push(name);
    return [{ address: '127.0.0.1', family: 4 }];
  };
  const webhooks = await world.start({ resolve });
  await webhooks.add(`http://site.example:${receiver.port}/hook`);
  await world.save('settings', 'main', { name: 'one' });
  await webhooks.idle();
  expect(receiver.calls[0]?.headers['host']).toBe(`site.example:${receiver.port}`);
  expect(asked).toEqual(['site.example', 'site.example']);
});

it('a literal private address that was allowed before and is not any more gets no connection', async () => {
  const first = await world.start();
  const { id } = await first.add(receiver.url);
  await first.stop();
  await world.save('settings', 'main', { name: 'one' });
  const second = await world.start({ allowPrivate: [] });
  await second.idle();
  expect(receiver.calls.length).toBe(0);
  const { body } = await second.api.get(`/webhooks/${id}`);
  expect(JSON.stringify(body)).toContain('WEBHOOK_ALLOW_PRIVATE');
});
