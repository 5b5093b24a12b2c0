import { describe, expect, it } from 'vitest';
import { createReadTeller } from '../../../backend/messages/createReadTeller.ts';

/** A store that fails for some users, and a clock that the test moves. */
function world() {
  const away = new Set<string>();
  const told: string[] = [];
  const faults: unknown[] = [];
  const delays: number[] = [];
  let due: (() => void)[] = [];
  const closing = new AbortController();
  const tell = createReadTeller({
    publish: async (userId, id) => {
      if (away.has(userId)) throw new Error(`${userId} cannot be told`);
      told.push(`${userId} ${id}`);
    },
    closing: closing.signal,
    onError: (error) => void faults.push(error),
    after: (ms, call) => {
      delays.push(ms);
      due.push(call);
    },
  });
  return {
    away,
    told,
    faults,
    delays,
    closing,
    tell,
    /** Lets the time of the next try come, and the try end. */
    async next(): Promise<void> {
      const calls = due;
      due = [];
      for (const call of calls) call();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe('what a user has read', () => {
  it('is told again, later and later, until telling succeeds, and then no more', async () => {
    const { away, told, faults, delays, tell, next } = world();
    away.add('ann');
    await tell('ann', 'n1');
    await next();
    await next();
    expect([told, faults.length, delays]).toEqual([[], 3, [1_000, 2_000, 4_000]]);
    away.clear();
    await next();
    await next();
    expect([told, faults.length]).toEqual([['ann n1'], 3]);
    away.add('ann');
    await tell('ann', 'n2');
    expect(delays.at(-1)).toBe(1_000);
    away.clear();
    await next();
    expect(told).toEqual(['ann n1', 'ann n2']);
  });

  it('is in nobody else’s way when it cannot be told, and waits once however often it is asked for', async () => {
    const { away, told, tell, next } = world();
    away.add('ann').add('bea');
    await tell('ann', 'n1');
    await tell('bea', null);
    await tell('bea', null);
    away.delete('bea');
    await tell('cid', 'n3');
    await next();
    await next();
    expect(told).toEqual(['cid n3', 'bea null']);
  });

  it('is given up after more than five minutes, and when everything ends', async () => {
    const { away, faults, delays, closing, tell, next } = world();
    away.add('ann');
    await tell('ann', 'n1');
    for (let n = 0; n < 100; n += 1) await next();
    expect(faults).toHaveLength(15);
    expect(delays.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(5 * 60_000);
    await tell('ann', 'n2');
    closing.abort();
    await next();
    expect(faults).toHaveLength(16);
  });
});
