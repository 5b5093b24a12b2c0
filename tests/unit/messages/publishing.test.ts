import { describe, expect, expectTypeOf, it } from 'vitest';
import { createPublishing, type PublishedEvent } from '../../../backend/messages/publishing.ts';

function setUp(failing: readonly string[] = []) {
  const told: PublishedEvent[] = [];
  const errors: unknown[] = [];
  const publishing = createPublishing({
    async tell(event) {
      if ('type' in event && failing.includes(event.type)) throw new Error(`no ${event.type}`);
      told.push(event);
    },
    onError: (error) => errors.push(error),
  });
  return { told, errors, publishing };
}
const event = (type: string) => ({ type, payload: null, userIds: ['a'] });

describe('publishing what a mutation changed', () => {
  it('what the mutation gives is given, and told after it with its result and its arguments', async () => {
    const { told, publishing } = setUp();
    const order: string[] = [];
    const createOrder = publishing(
      async (name: string, amount: number) => {
        order.push('mutation');
        return { id: `o-${name}`, amount };
      },
      ({ id }, name, amount) => {
        order.push('describe');
        return [{ type: 'order.created', payload: { id, name, amount }, room: 'orders' }];
      },
    );
    expectTypeOf(createOrder).toEqualTypeOf<
      (name: string, amount: number) => Promise<{ id: string; amount: number }>
    >();
    expect(await createOrder('x', 3)).toEqual({ id: 'o-x', amount: 3 });
    expect(order).toEqual(['mutation', 'describe']);
    expect(told).toEqual([{ type: 'order.created', payload: { id: 'o-x', name: 'x', amount: 3 }, room: 'orders' }]);
  });

  it('a mutation that fails tells nothing and fails in its own words', async () => {
    const { told, errors, publishing } = setUp();
    let described = 0;
    const fails = publishing(
      async () => {
        throw new RangeError('no stock');
      },
      () => {
        described += 1;
        return event('order.created');
      },
    );
    await expect(fails()).rejects.toThrow(new RangeError('no stock'));
    expect([told, errors, described]).toEqual([[], [], 0]);
  });

  it('one event is told, several are in their order, also when promised, and none are not', async () => {
    const { told, publishing } = setUp();
    await publishing(() => 1, () => event('one'))(); // prettier-ignore
    await publishing(() => 1, async () => [event('two'), { resource: 'orders', id: 'o', record: null }])(); // prettier-ignore
    for (const none of [null, undefined, []] as const) await publishing(() => 1, () => none)(); // prettier-ignore
    expect(told).toEqual([event('one'), event('two'), { resource: 'orders', id: 'o', record: null }]);
  });

  it('telling that fails is reported, keeps nothing else back, and is no failure of the mutation', async () => {
    const { told, errors, publishing } = setUp(['bad']);
    expect(await publishing(() => 'done', () => [event('bad'), event('good')])()).toBe('done'); // prettier-ignore
    expect([told.length, String(errors[0])]).toEqual([1, 'Error: no bad']);
    const broken = publishing(
      () => 'done',
      () => {
        throw new Error('cannot describe');
      },
    );
    expect(await broken()).toBe('done');
    expect(errors.length).toBe(2);
  });
});
