import { describe, expect, it } from 'vitest';
import type { Call } from '../../../backend/readers/webhooks/call.ts';
import { createCallSlots, type Caller } from '../../../backend/readers/webhooks/callSlots.ts';
import { createClock } from '../../integration/webhooks/senderWorld.ts';

const limits = { healthy: 4, failing: 2, hanging: 2, perEndpoint: 2, slowAfterMs: 1_000, slow: 3 };

/** A place giver with callers whose calls end when the test says so. */
function newSlots() {
  const clock = createClock(0);
  const slots = createCallSlots({ ...clock, limits });
  const begun: string[] = [];
  const running = new Map<string, { end: () => void; call: Call }[]>();

  function add(name: string, work: { due: number; isFailing?: boolean; isHanging?: boolean; at?: number }) {
    let [left, underWay] = [work.due, 0];
    const caller: Caller = {
      get isFailing() {
        return work.isFailing ?? false;
      },
      get isHanging() {
        return work.isHanging ?? false;
      },
      get underWay() {
        return underWay;
      },
      nextDueAt: () => (left > 0 ? (work.at ?? 0) : null),
      begin(call) {
        if (left === 0) return null;
        [left, underWay] = [left - 1, underWay + 1];
        begun.push(name);
        return new Promise<void>((resolve) => {
          const end = (): void => {
            underWay -= 1;
            resolve();
          };
          running.set(name, [...(running.get(name) ?? []), { end, call }]);
        });
      },
    };
    slots.offer(caller);
    return { caller, work, more: (count: number) => ((left += count), slots.offer(caller)) };
  }

  return {
    ...clock,
    slots,
    begun,
    add,
    callsOf: (name: string) => running.get(name) ?? [],
    async end(name: string) {
      running.get(name)?.shift()?.end();
      for (let turn = 0; turn < 4; turn++) await Promise.resolve();
    },
  };
}

describe('the places for calls', () => {
  it('are given in turn: one with much to tell does not keep the next one waiting', async () => {
    const { add, begun, end } = newSlots();
    add('busy', { due: 100 });
    add('other', { due: 1 });
    add('third', { due: 1 });
    expect(begun).toEqual(['busy', 'busy', 'other', 'third']);
    add('late', { due: 1 });
    await end('busy');
    await end('other');
    expect(begun.slice(4)).toEqual(['late', 'busy']);
  });

  it('of receivers that fail are their own, one for each: however many hang, those that work are called at once', () => {
    const { add, begun, slots } = newSlots();
    for (let n = 0; n < 1_000; n++) add(`dead${n}`, { due: 10, isFailing: true });
    expect(begun).toEqual(['dead0', 'dead1']);
    add('living', { due: 4 });
    add('living2', { due: 2 });
    expect(begun.slice(2)).toEqual(['living', 'living', 'living2', 'living2']);
    expect(slots.inUse).toEqual({ healthy: 4, failing: 2, hanging: 0, slow: 0 });
  });

  it('of a receiver that answered with an error are not kept waiting by those that hang', () => {
    const { add, advance, begun, slots } = newSlots();
    for (let n = 0; n < 1_000; n++) add(`hangs${n}`, { due: 10, isFailing: true, isHanging: true });
    add('blip', { due: 1, isFailing: true });
    expect(begun).toEqual(['hangs0', 'hangs1', 'blip']);
    // One that hangs where errors are expected gives its place back too.
    add('blip2', { due: 1, isFailing: true });
    add('blip3', { due: 1, isFailing: true });
    advance(1_000);
    expect(begun.slice(3)).toEqual(['blip2', 'blip3']);
    expect(slots.inUse).toEqual({ healthy: 0, failing: 1, hanging: 2, slow: 2 });
  });

  it('go to the next failing one in turn', async () => {
    const { add, begun, end } = newSlots();
    for (const name of ['a', 'b', 'c']) add(name, { due: 2, isFailing: true });
    await end('a');
    await end('b');
    await end('c');
    expect(begun).toEqual(['a', 'b', 'c', 'a', 'b']);
  });

  it('are free again when a call takes long, and the one that waits longest is ended when too many do', () => {
    const { add, advance, begun, callsOf, slots } = newSlots();
    for (const name of ['h1', 'h2', 'h3', 'h4', 'living']) add(name, { due: 1 });
    expect(begun).toEqual(['h1', 'h2', 'h3', 'h4']);
    advance(1_000);
    expect(begun).toEqual(['h1', 'h2', 'h3', 'h4', 'living']);
    expect(slots.inUse).toEqual({ healthy: 1, failing: 0, hanging: 0, slow: 4 });
    expect(['h1', 'h2'].map((name) => callsOf(name)[0]?.call.ended)).toEqual(['cut', null]);
  });

  it('are not taken before something is due, and one timer waits for all', () => {
    const { add, advance, begun } = newSlots();
    for (let n = 5; n > 0; n--) add(`at${n}`, { due: 1, at: n * 1_000 });
    advance(999);
    expect(begun).toEqual([]);
    advance(4_001);
    expect(begun).toEqual(['at1', 'at2', 'at3', 'at4', 'at5']);
  });

  it('are all given back', async () => {
    const { add, advance, end, slots } = newSlots();
    const names = ['a', 'b', 'c', 'd'];
    for (const name of names) add(name, { due: 2 });
    advance(1_000);
    for (let turn = 0; turn < 2; turn++) for (const name of names) await end(name);
    expect(slots.inUse).toEqual({ healthy: 0, failing: 0, hanging: 0, slow: 0 });
  });
});
