import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryStore } from '../../helpers/memoryStore.ts';
import { startReceiver } from './receiver.ts';
import { createClock, createWorld } from './senderWorld.ts';

const minute = 60_000;
const hour = 60 * minute;

let receiver: Awaited<ReturnType<typeof startReceiver>>;
let world: ReturnType<typeof createWorld>;

beforeEach(async () => {
  // The public library asks the machine's clock how old a delivery is, so the tests begin now.
  const clock = createClock(Date.now());
  world = createWorld(memoryStore({ now: clock.now }), clock);
  receiver = await startReceiver();
});
afterEach(async () => {
  await world.close();
  await receiver.close();
});

describe('a save', () => {
  it('reaches an endpoint at once, signed, with the record as a visitor sees it', async () => {
    const webhooks = await world.start();
    const { secret } = await webhooks.add(receiver.url);
    await world.save('settings', 'main', { name: 'Acme', note: 'hidden' });
    await webhooks.idle();
    const [call] = receiver.calls;
    expect(receiver.calls.length).toBe(1);
    const event = new Webhook(secret).verify(call?.body ?? '', call?.headers ?? {}) as { type: string };
    expect(event).toMatchObject({
      type: 'settings.created',
      data: {
        resource: 'settings',
        id: 'main',
        version: 1,
        versions: [1, 1],
        operation: 'created',
        record: { id: 'main', name: 'Acme' },
      },
    });
    expect(call?.body).not.toContain('hidden');
    expect(call?.body).not.toContain('Ada');
    expect(call?.headers['webhook-id']).toMatch(/^msg_[\w-]{32}$/);
  });

  it('of something that visitors cannot see is not told', async () => {
    const webhooks = await world.start();
    await webhooks.add(receiver.url);
    await world.save('salaries', 'a', { name: 'secret' });
    await world.save('settings', 'main', { name: 'Acme' }, { notify: false });
    await world.save('news', 'n', { name: 'a draft' });
    await world.save('settings', 'main', { note: 'a hidden field' });
    await webhooks.idle();
    expect(receiver.calls.length).toBe(0);
    await world.save('news', 'n', {}, { intent: 'publish' });
    await webhooks.idle();
    expect(receiver.calls.map(({ event }) => [event.type, event.data.record?.['name']])).toEqual([
      ['news.created', 'a draft'],
    ]);
  });

  it('is told only to the endpoints that asked for its resource', async () => {
    const webhooks = await world.start();
    await webhooks.add(receiver.url, ['team']);
    await world.save('settings', 'main', { name: 'Acme' });
    await world.save('team', 'ada', { name: 'Ada' });
    await world.save('team', 'ada', null);
    await webhooks.idle();
    expect(receiver.calls.map(({ event }) => event.type)).toEqual(['team.created', 'team.deleted']);
  });

  it('made before an endpoint was added is not told to it', async () => {
    const webhooks = await world.start();
    await world.save('settings', 'main', { name: 'Old' });
    await webhooks.add(receiver.url);
    await webhooks.idle();
    expect(receiver.calls.length).toBe(0);
  });
});

describe('a receiver that fails', () => {
  it('gets the newest state in the end, each attempt signed afresh', async () => {
    receiver.answers.push(500, 500);
    const webhooks = await world.start();
    const { id, secret } = await webhooks.add(receiver.url);
    await world.save('settings', 'main', { name: 'one' });
    await webhooks.idle();
    expect((await webhooks.api.get(`/webhooks/${id}`)).body).toMatchObject({
      pending: 1,
      lastDelivery: { status: 500, error: 'The receiver answered 500.' },
    });
    world.clock.advance(4_999);
    await webhooks.idle();
    expect(receiver.calls.length).toBe(1);
    world.clock.advance(1);
    await webhooks.idle();
    await world.save('settings', 'main', { name: 'two' });
    await webhooks.idle();
    expect(receiver.calls.length).toBe(2);
    world.clock.advance(5_000);
    await webhooks.idle();
    expect(receiver.calls.map(({ event }) => [event.data.versions, event.data.record?.['name']])).toEqual([
      [[1, 1], 'one'],
      [[1, 1], 'one'],
      [[1, 2], 'two'],
    ]);
    for (const { body, headers } of receiver.calls) new Webhook(secret).verify(body, headers);
    const [first, second, third] = receiver.calls.map(({ headers }) => headers);
    expect(second?.['webhook-id']).toBe(first?.['webhook-id']);
    expect(third?.['webhook-id']).not.toBe(first?.['webhook-id']);
    expect(second?.['webhook-timestamp']).not.toBe(first?.['webhook-timestamp']);
    expect((await webhooks.api.get(`/webhooks/${id}`)).body).toMatchObject({
      pending: 0,
      lastDelivery: { status: 200, error: null },
    });
  });

  it('is called again after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h and 10 h', async () => {
    const webhooks = await world.start();
    await webhooks.add(receiver.url);
    receiver.answers.push(500, 500, 500, 500, 500, 500, 500);
    await world.save('settings', 'main', { name: 'one' });
    await webhooks.idle();
    for (const [index, wait] of [5_000, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 10 * hour].entries()) {
      world.clock.advance(wait - 1);
      await webhooks.idle();
      expect(receiver.calls.length).toBe(index + 1);
      world.clock.advance(1);
      await webhooks.idle();
      expect(receiver.calls.length).toBe(index + 2);
    }
  });

  it('with one record still gets the others', async () => {
    receiver.answers.push((response, { event }) => response.writeHead(event.data.id === 'bad' ? 500 : 200).end());
    const webhooks = await world.start();
    await webhooks.add(receiver.url);
    await world.save('team', 'bad', { name: 'Bad' });
    await webhooks.idle();
    await world.save('team', 'good', { name: 'Good' });
    await webhooks.idle();
    expect(receiver.calls.map(({ event }) => event.data.id)).toEqual(['bad', 'good']);
  });

  it('is called at the time that its Retry-After names', async () => {
    receiver.answers.push((response) => response.writeHead(503, { 'retry-after': '90' }).end());
    const webhooks = await world.start();
    await webhooks.add(receiver.url);
    await world.save('settings', 'main', { name: 'one' });
    await webhooks.idle();
    await world.save('team', 'ada', { name: 'Ada' });
    world.clock.advance(89_999);
    await webhooks.idle();
    expect(receiver.calls.length).toBe(1);
    world.clock.advance(1);
    await webhooks.idle();
    expect(receiver.calls.map(({ event }) => event.type).sort()).toEqual([
      'settings.created',
      'settings.created',
      'team.created',
    ]);
  });

  it('that does not answer is given up after 15 seconds', async () => {
    receiver.answers.push(() => {});
    const webhooks = await world.start();
    const { id } = await webhooks.add(receiver.url);
    await world.save('settings', 'main', { name: 'one' });
    await receiver.got(1);
    world.clock.advance(15_000);
    await webhooks.idle();
    const { body } = await webhooks.api.get(`/webhooks/${id}`);
    expect(body).toMatchObject({ pending: 1, lastDelivery: { status: null, error: 'No answer within 15 seconds.' } });
  });

  it('with an answer that never ends costs no memory and counts by its status', async () => {
    receiver.answers.push((response) => {
      response.writeHead(200);
      const fill = (): void =>
        void (response.destroyed || response.write('x'.repeat(65_536), () => setImmediate(fill)));
      fill();
    });
    const webhooks = await world.start();
    const { id } = await webhooks.add(receiver.url);
    await world.save('settings', 'main', { name: 'one' });
    await webhooks.idle();
    expect((await webhooks.api.get(`/webhooks/${id}`)).body).toMatchObject({
      pending: 0,
      lastDelivery: { status: 200 },
    });
  });

  it('for 5 days is disabled, with a warning in the log', async () => {
    const webhooks = await world.start();
    const { id } = await webhooks.add(receiver.url);
    receiver.answers.push(...Array.from({ length: 30 }, () => 500));
    await world.save('settings', 'main', { name: 'one' });
    for (let hours = 0; hours < 5 * 24; hours += 5) {
      await webhooks.idle();
      expect((await webhooks.api.get(`/webhooks/${id}`)).body).toMatchObject({ active: true });
      world.clock.advance(5 * hour);
    }
    world.clock.advance(10 * hour);
    await webhooks.idle();
    const { body } = await webhooks.api.get(`/webhooks/${id}`);
    expect(body).toMatchObject({ active: false, pending: 1 });
    expect((body as { lastDelivery: { error: string } }).lastDelivery.error).toContain('5 days');
    expect(world.logLines.filter((line) => line.includes('webhook endpoint disabled')).length).toBe(1);
    const calls = receiver.calls.length;
    await world.save('settings', 'main', { name: 'two' });
    world.clock.advance(20 * hour);
    await webhooks.idle();
    expect(receiver.calls.length).toBe(calls);
  });

  it('with 410 is disabled at once', async () => {
    receiver.answers.push(410);
    const webhooks = await world.start();
    const { id } = await webhooks.add(receiver.url);
    await world.save('settings', 'main', { name: 'one' });
    await webhooks.idle();
    await world.save('settings', 'main', { name: 'two' });
    world.clock.advance(hour);
    await webhooks.idle();
    expect(receiver.calls.length).toBe(1);
    expect((await webhooks.api.get(`/webhooks/${id}`)).body).toMatchObject({
      active: false,
      lastDelivery: { status: 410 },
    });
  });
});
