import { memorySeenStore } from 'backoffice-sync/webhooks';
import { describe, expect, it } from 'vitest';
import { call, createGate, createSite, deliveryOf, epoch, laterEpoch } from './receivingSite.ts';

/** A reset that was made at a place of the log: what had happened until then is in what the site reads. */
const resetAt = (seq: number, of = epoch) => ({
  type: 'sync.reset',
  data: { reason: 'overflow', cursor: `${of}:${seq}` },
});
const never = new Promise<never>(() => undefined);
/** What a gate held has gone on as far as it can. */
const everythingHasRun = () => new Promise((resolve) => void setImmediate(resolve));

describe('a call of before a reset that comes after it', () => {
  it('is dropped: what the reset has read is newer', async () => {
    const site = createSite({ onReset: () => undefined });
    const underWay = await call(deliveryOf({ version: 4 }), { id: 'msg_4' });
    expect(await site.send(resetAt(55), { id: 'msg_r' })).toMatchObject({ outcome: 'applied' });
    expect(JSON.parse((await site.receiver.receive(underWay)).body)).toEqual({ outcome: 'older' });
    expect(site.versions()).toEqual([]);
    expect(await site.send(deliveryOf({ version: 6 }), { id: 'msg_6' })).toMatchObject({ outcome: 'applied' });
  });

  it('is dropped also when it came while the reset was reading', async () => {
    const reading = createGate();
    const site = createSite({ onReset: () => reading.pass() });
    const reset = site.receiver.receive(await call(resetAt(55), { id: 'msg_r' }));
    await reading.reached;
    const late = site.send(deliveryOf({ version: 4 }), { id: 'msg_4' });
    const newer = site.send(deliveryOf({ id: 'm2', version: 6 }), { id: 'msg_6' });
    reading.open();
    await reset;
    expect(await late).toMatchObject({ status: 200, outcome: 'older' });
    expect(await newer).toMatchObject({ status: 200, outcome: 'applied' });
  });

  it('is judged by the place that was read, where onReset says it', async () => {
    const site = createSite({ onReset: () => `${epoch}:75` });
    await site.send(resetAt(55), { id: 'msg_r' });
    expect(await site.send(deliveryOf({ version: 7 }), { id: 'msg_7' })).toMatchObject({ outcome: 'older' });
    expect(await site.send(deliveryOf({ version: 8 }), { id: 'msg_8' })).toMatchObject({ outcome: 'applied' });
  });

  it('of the log before a restored backup is dropped, whatever its place', async () => {
    const site = createSite({ onReset: () => undefined });
    await site.send(resetAt(5, laterEpoch), { id: 'msg_r' });
    expect(await site.send(deliveryOf({ version: 9 }), { id: 'msg_9' })).toMatchObject({ outcome: 'older' });
    const now = deliveryOf({ version: 1, epoch: laterEpoch });
    expect(await site.send(now, { id: 'msg_1' })).toMatchObject({ outcome: 'applied' });
  });

  it('is dropped by a site that was started anew on the same store, and by one of many records', async () => {
    const store = memorySeenStore({ maxRecords: 1 });
    await createSite({ store, onReset: () => undefined }).send(resetAt(55), { id: 'msg_r' });
    const site = createSite({ store, onReset: () => undefined });
    await site.send(deliveryOf({ id: 'm2', version: 7 }), { id: 'msg_7' });
    await site.send(deliveryOf({ id: 'm3', version: 7 }), { id: 'msg_8' });
    expect(await site.send(deliveryOf({ version: 4 }), { id: 'msg_4' })).toMatchObject({ outcome: 'older' });
  });

  it('is not what somebody has told again later: that is taken', async () => {
    let clock = Date.now();
    const site = createSite({ onReset: () => undefined, now: () => clock });
    await site.send(resetAt(55), { id: 'msg_r', at: new Date(clock) });
    clock += 120_000;
    const again = { id: 'msg_again', at: new Date(clock) };
    expect(await site.send(deliveryOf({ version: 4 }), again)).toMatchObject({ outcome: 'applied' });
  });

  it('stays dropped when an older reset comes again after a newer one', async () => {
    const site = createSite({ onReset: () => undefined });
    await site.send(resetAt(55), { id: 'msg_r2' });
    await site.send(resetAt(15), { id: 'msg_r1' });
    expect(await site.send(deliveryOf({ version: 4 }), { id: 'msg_4' })).toMatchObject({ outcome: 'older' });
  });

  it('is applied where the reset failed: nothing newer was read', async () => {
    const site = createSite({ onReset: () => Promise.reject(new Error('the back office is away')) });
    await site.send(resetAt(55), { id: 'msg_r' });
    expect(await site.send(deliveryOf({ version: 4 }), { id: 'msg_4' })).toMatchObject({ outcome: 'applied' });
  });
});

describe('a handler that never ends', () => {
  it('is given up: the call is refused, the next of its record and a reset have their turn, and it is told', async () => {
    const told: boolean[] = [];
    const site = createSite({
      changeTimeoutMs: 20,
      onChange: async ({ version }, { signal }) => {
        if (version > 1) return;
        signal.addEventListener('abort', () => told.push(signal.aborted));
        await never;
      },
      onReset: () => undefined,
    });
    const [hanging, reset, next] = await Promise.all([
      site.send(deliveryOf(), { id: 'msg_1' }),
      site.send(resetAt(5), { id: 'msg_r' }),
      site.send(deliveryOf({ version: 2 }), { id: 'msg_2' }),
    ]);
    expect(hanging).toMatchObject({ status: 500 });
    expect(reset).toMatchObject({ status: 200, outcome: 'applied' });
    expect(next).toMatchObject({ status: 200, outcome: 'applied' });
    expect(told).toEqual([true]);
    expect(String(site.errors[0])).toContain('onChange');
    expect(String(site.errors[0])).toContain('changeTimeoutMs');
  });

  it('is not noted as seen when it ends after all', async () => {
    const slow = createGate();
    const kept = memorySeenStore();
    const site = createSite({
      changeTimeoutMs: 20,
      store: kept,
      onChange: ({ version }) => (version === 1 ? slow.pass() : undefined),
    });
    await site.send(deliveryOf(), { id: 'msg_1' });
    await site.send(deliveryOf({ version: 2 }), { id: 'msg_2' });
    slow.open();
    expect(await site.send(deliveryOf(), { id: 'msg_3' })).toMatchObject({ outcome: 'older' });
    expect(await kept.get('team/m1')).toMatchObject({ version: 2 });
  });

  it('is given up also when it reads everything: what comes behind it is taken, and the reset comes again', async () => {
    let isAway = true;
    const site = createSite({ resetTimeoutMs: 20, onReset: () => (isAway ? never : undefined) });
    const [reset, behind] = await Promise.all([
      site.send(resetAt(5), { id: 'msg_r' }),
      site.send(deliveryOf({ version: 4 }), { id: 'msg_4' }),
    ]);
    expect(reset).toMatchObject({ status: 500 });
    expect(behind).toMatchObject({ status: 200, outcome: 'applied' });
    isAway = false;
    expect(await site.send(resetAt(5), { id: 'msg_r' })).toMatchObject({ status: 200, outcome: 'applied' });
  });

  it.each([0, 1.5, 2 ** 31])('has a time limit that is a whole number of milliseconds: %d stops the start', (limit) => {
    expect(() => createSite({ changeTimeoutMs: limit })).toThrow(/changeTimeoutMs/);
    expect(() => createSite({ resetTimeoutMs: limit })).toThrow(/resetTimeoutMs/);
  });
});

describe('a turn that was given up', () => {
  const truncated = { version: 5, change: { record: null, truncated: true } };

  it('begins no handler any more: a record that is read too slowly is not put over a newer one', async () => {
    const reading = createGate();
    const given: boolean[] = [];
    const site = createSite({
      changeTimeoutMs: 20,
      fetchRecord: async ({ version }, { signal }) => {
        await reading.pass();
        given.push(signal.aborted);
        return { id: 'm1', version };
      },
    });
    expect(await site.send(deliveryOf(truncated), { id: 'msg_5' })).toMatchObject({ status: 500 });
    expect(await site.send(deliveryOf({ version: 6 }), { id: 'msg_6' })).toMatchObject({ outcome: 'applied' });
    reading.open();
    await everythingHasRun();
    expect(given).toEqual([true]);
    expect(site.versions()).toEqual([6]);
  });

  it('begins no handler any more behind a slow store, neither for a change nor for a reset', async () => {
    const [ofChange, ofReset] = [createGate(), createGate()];
    const slow = new Map([['team/m1', ofChange]]);
    const done: string[] = [];
    const kept = memorySeenStore();
    const site = createSite({
      changeTimeoutMs: 20,
      resetTimeoutMs: 20,
      onChange: ({ version }) => void done.push(`version ${version}`),
      onReset: () => void done.push('reset'),
      store: {
        ...kept,
        get: async (key) => {
          const gate = slow.get(key);
          slow.delete(key);
          await gate?.pass();
          return kept.get(key);
        },
      },
    });
    expect(await site.send(deliveryOf({ version: 5 }), { id: 'msg_5' })).toMatchObject({ status: 500 });
    expect(await site.send(deliveryOf({ version: 6 }), { id: 'msg_6' })).toMatchObject({ outcome: 'applied' });
    slow.set('sync.reset', ofReset);
    expect(await site.send(resetAt(65), { id: 'msg_r' })).toMatchObject({ status: 500 });
    expect(await site.send(deliveryOf({ version: 7 }), { id: 'msg_7' })).toMatchObject({ outcome: 'applied' });
    ofChange.open();
    ofReset.open();
    await everythingHasRun();
    expect(done).toEqual(['version 6', 'version 7']);
  });
});

describe('what runs after the answer', () => {
  const hole = { version: 4 };

  it.each(['onHole', 'fetchRecord'] as const)('ends: %s that never does is given up, and told', async (name) => {
    const site = createSite({ changeTimeoutMs: 20, [name]: () => never });
    await site.send(deliveryOf(), { id: 'msg_1' });
    expect(await site.send(deliveryOf(hole), { id: 'msg_4' })).toMatchObject({ outcome: 'applied' });
    await site.receiver.idle();
    expect(String(site.errors[0])).toContain('changeTimeoutMs');
  });

  it('puts nothing over what a reset has read that began while onHole was busy', async () => {
    const [busy, resetting] = [createGate(), createGate()];
    const site = createSite({
      onHole: () => busy.pass(),
      fetchRecord: () => ({ id: 'm1', version: 5 }),
      onReset: () => resetting.pass(),
    });
    await site.send(deliveryOf(), { id: 'msg_1' });
    await site.send(deliveryOf(hole), { id: 'msg_4' });
    const reset = site.send(resetAt(65), { id: 'msg_r' });
    await resetting.reached;
    busy.open();
    resetting.open();
    expect(await reset).toMatchObject({ outcome: 'applied' });
    await site.receiver.idle();
    expect(site.versions()).toEqual([1, 4]);
  });
});

describe('a test of an admin', () => {
  it('is refused when onTest never ends', async () => {
    const site = createSite({ changeTimeoutMs: 20, onTest: () => never });
    const test = { type: 'sync.test', data: { message: 'hello' } };
    expect(await site.send(test)).toMatchObject({ status: 500 });
    expect(String(site.errors[0])).toContain('onTest');
  });
});
