import { expect, it } from 'vitest';
import {
  freshState,
  parseEndpointState,
  webhooksBucket,
  type EndpointState,
} from '../../../backend/readers/webhooks/endpointState.ts';
import { createStateKeeper } from '../../../backend/readers/webhooks/stateKeeper.ts';
import type { StateStore } from '../../../backend/stores/store.ts';
import { memoryStore } from '../../helpers/memoryStore.ts';

const at = (seq: number): EndpointState => freshState({ epoch: '01890000-0000-7000-8000-000000000000', seq });

/** A keeper whose state is a number, on a store whose writes can be counted, held and broken. */
function newKeeper(change: Partial<StateStore> = {}) {
  const { state } = memoryStore();
  const errors: unknown[] = [];
  const written: number[] = [];
  let seq = 0;
  const keeper = createStateKeeper({
    state: {
      ...state,
      async put(bucket, key, value, options) {
        written.push(parseEndpointState(value)?.cursor.seq ?? -1);
        return (change.put ?? state.put)(bucket, key, value, options);
      },
    },
    id: 'e1',
    revision: 0,
    read: () => at(seq),
    timers: { after: (_delayMs, callback) => (queueMicrotask(callback), () => {}) },
    signal: new AbortController().signal,
    onError: (error) => void errors.push(error),
  });
  const set = (value: number): void => {
    seq = value;
    keeper.mark();
  };
  return { state, keeper, errors, written, set };
}

it('changes that come while a write runs share the next one', async () => {
  const { keeper, written, set } = newKeeper();
  set(1);
  const flushes = [keeper.flush()];
  for (const value of [2, 3, 4]) {
    set(value);
    flushes.push(keeper.flush());
  }
  expect(await Promise.all(flushes)).toEqual([true, true, true, true]);
  expect(written).toEqual([1, 4]);
});

it('nothing is written where nothing changed', async () => {
  const { keeper, written } = newKeeper();
  expect(await keeper.flush()).toBe(true);
  expect(written).toEqual([]);
});

it('state that somebody else wrote is never overwritten', async () => {
  const { state, keeper, set } = newKeeper();
  set(1);
  await keeper.flush();
  await state.put(webhooksBucket, 'e1', 'of another sender');
  set(2);
  expect(await keeper.flush()).toBe(false);
  expect((await state.get(webhooksBucket, 'e1'))?.value).toBe('of another sender');
});

it('a write that fails is told and tried again', async () => {
  const outcomes: (() => number)[] = [
    () => {
      throw new Error('full disk');
    },
    () => 7,
  ];
  const { keeper, errors, written, set } = newKeeper({ put: async () => outcomes.shift()?.() ?? null });
  set(1);
  expect(await keeper.flush()).toBe(true);
  expect([errors.length, written]).toEqual([1, [1, 1]]);
});
