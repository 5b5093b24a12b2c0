import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDeliveryQueue } from '../../../backend/readers/webhooks/deliveryQueue.ts';
import { freshState } from '../../../backend/readers/webhooks/endpointState.ts';
import type { JobResult } from '../../../backend/readers/webhooks/jobResult.ts';

const epoch = '01890000-0000-7000-8000-000000000000';
const at = (seq: number) => ({ epoch, seq });
const newQueue = () => createDeliveryQueue(freshState(at(0)));
const last = { at: '2026-01-01T00:00:00.000Z', status: 200, error: null };
const delivered: JobResult = { delivered: true, last, waitMs: 0, quiet: false, hung: false };
const failed: JobResult = {
  delivered: false,
  last: { ...last, status: 500, error: 'no' },
  waitMs: 60_000,
  quiet: false,
  hung: false,
};

describe('the queue of an endpoint', () => {
  it('has one call per record under way, and the newer change waits for it', () => {
    const queue = newQueue();
    queue.note(at(1), 'team/a', 1, 0);
    const [job] = queue.take(0, 4);
    queue.note(at(2), 'team/a', 2, 0);
    expect(queue.take(0, 4)).toEqual([]);
    queue.finish(job!, delivered, 5);
    expect(queue.take(5, 4)).toMatchObject([{ item: { from: 2, to: 2, attempt: 0 } }]);
  });

  it('tells what came for a record after a reset, when the call from before the reset has ended', () => {
    const queue = newQueue();
    queue.note(at(1), 'team/a', 1, 0);
    const [old] = queue.take(0, 1);
    queue.noteReset(at(1), 'epoch', 0);
    const [reset] = queue.take(0, 1);
    queue.note(at(2), 'team/a', 2, 0);
    expect([queue.take(0, 1), queue.nextDueAt()]).toEqual([[], null]);
    queue.finish(reset!, delivered, 0);
    queue.finish(old!, delivered, 0);
    expect(queue.take(0, 1)).toMatchObject([{ key: 'team/a', item: { from: 2, to: 2 } }]);
  });

  it('gives out what waits longest first, and says when the next call is due, whatever happened before', () => {
    const step = fc.record({
      what: fc.constantFrom('note', 'again', 'take', 'take', 'deliver', 'fail', 'release', 'reset', 'hurry'),
      record: fc.integer({ min: 0, max: 5 }),
      afterMs: fc.constantFrom(0, 0, 1, 30_000, 61_000),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const queue = newQueue();
        const jobs: ReturnType<typeof queue.take>[number][] = [];
        let [now, seq] = [0, 0];
        for (const { what, record, afterMs } of steps) {
          now += afterMs;
          seq += 1;
          const free = Object.entries(queue.toState().pending).filter(([key]) => !queue.isUnderWay(key));
          const least = free.length === 0 ? null : Math.min(...free.map(([, item]) => item.nextAt));
          expect(queue.nextDueAt()).toBe(least);
          if (what === 'note') queue.note(at(seq), `team/${record}`, seq, now);
          else if (what === 'again') queue.noteAgain(`team/${record}`, [seq, seq], 'resend', now);
          else if (what === 'reset') queue.noteReset(at(seq), 'epoch', now);
          else if (what === 'hurry') queue.makeDue(now);
          else if (what === 'take') {
            const [job] = queue.take(now, 1);
            expect(job?.item.nextAt).toBe(least !== null && least <= now ? least : undefined);
            if (job) jobs.push(job);
          } else {
            const [job] = jobs.splice(record % Math.max(1, jobs.length), 1);
            if (job && what === 'release') queue.release(job, now + 5_000);
            else if (job) queue.finish(job, what === 'deliver' ? delivered : failed, now);
          }
        }
      }),
    );
  });

  it('does not go back behind what was sent again, when the log tells of an older version later', () => {
    const queue = newQueue();
    queue.noteAgain('team/a', [3, 3], 'resend', 0);
    queue.note(at(1), 'team/a', 2, 0);
    expect(queue.take(0, 1)).toMatchObject([{ item: { from: 2, to: 3 } }]);
  });

  it('tells what is sent again twice in one moment as two messages', () => {
    const queue = newQueue();
    queue.noteAgain('team/a', [3, 3], 'resend', 0);
    const [first] = queue.take(0, 1);
    queue.noteAgain('team/a', [3, 3], 'resend', 0);
    queue.finish(first!, delivered, 0);
    expect(queue.take(0, 1)[0]?.item.again).not.toBe(first?.item.again);
  });

  it('says that its receiver hung until that is no longer so, also after a restart', () => {
    let queue = newQueue();
    queue.note(at(1), 'team/a', 1, 0);
    queue.finish(queue.take(0, 1)[0]!, { ...failed, hung: true }, 0);
    queue = createDeliveryQueue(JSON.parse(JSON.stringify(queue.toState())) as ReturnType<typeof queue.toState>);
    expect(queue.isHanging).toBe(true);
    queue.finish(queue.take(60_000, 1)[0]!, failed, 60_000);
    expect([queue.isHanging, 'isHanging' in queue.toState()]).toEqual([false, false]);
  });

  it('joins what failed and what came since into one call', () => {
    const queue = newQueue();
    queue.note(at(1), 'team/a', 1, 0);
    const [job] = queue.take(0, 4);
    queue.note(at(2), 'team/a', 2, 0);
    queue.finish(job!, failed, 0);
    expect(queue.take(59_999, 4)).toEqual([]);
    expect(queue.take(60_000, 4)).toMatchObject([{ item: { from: 1, to: 2, attempt: 1 } }]);
  });

  it('tries again soon when somebody saves during a long wait', () => {
    const queue = newQueue();
    queue.note(at(1), 'team/a', 1, 0);
    queue.finish(queue.take(0, 4)[0]!, { ...failed, waitMs: 36_000_000 }, 0);
    queue.note(at(2), 'team/a', 2, 1_000);
    expect(queue.nextDueAt()).toBe(6_000);
  });

  it('does not let records sit out their long waits once the receiver is back', () => {
    const queue = newQueue();
    queue.note(at(1), 'team/a', 1, 0);
    queue.finish(queue.take(0, 4)[0]!, { ...failed, waitMs: 36_000_000 }, 0);
    queue.note(at(2), 'team/b', 1, 60_000);
    queue.finish(queue.take(60_000, 4)[0]!, delivered, 60_000);
    expect(queue.take(60_000, 4)).toMatchObject([{ key: 'team/a' }]);
  });

  it('forgets a late answer of a call that a reset has overtaken', () => {
    const queue = newQueue();
    queue.note(at(1), 'team/a', 1, 0);
    const [job] = queue.take(0, 4);
    queue.noteReset(at(9), 'epoch', 0);
    queue.note(at(10), 'team/a', 1, 0);
    queue.finish(job!, delivered, 0);
    expect(Object.keys(queue.toState().pending).sort()).toEqual(['reset', 'team/a']);
  });

  it('is the same queue after its state was stored and read', () => {
    const queue = newQueue();
    queue.note(at(1), 'team/a', 1, 0);
    queue.finish(queue.take(0, 4)[0]!, failed, 0);
    queue.noteReset(at(3), 'retention', 7);
    const state = queue.toState();
    expect(createDeliveryQueue(JSON.parse(JSON.stringify(state)) as typeof state).toState()).toEqual(state);
  });

  it('loses no version and never goes back, whatever the order of saves, answers and ends of the process', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('note' as const), record: fc.integer({ min: 0, max: 2 }) }),
      fc.record({
        do: fc.constantFrom('take' as const, 'deliver' as const, 'fail' as const, 'restart' as const),
        record: fc.integer({ min: 0, max: 2 }),
      }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let queue = newQueue();
        let [now, seq] = [0, 0];
        let underWay = new Map<string, ReturnType<typeof queue.take>[number]>();
        const [saved, told] = [new Map<string, number>(), new Map<string, number>()];
        const tell = (key: string, from: number, to: number): void => {
          // No hole before it, nothing older than what was told.
          expect(from).toBeLessThanOrEqual((told.get(key) ?? 0) + 1);
          expect(to).toBeGreaterThanOrEqual(told.get(key) ?? 0);
          told.set(key, to);
        };
        const takeAll = (): void => queue.take(now, 4).forEach((job) => underWay.set(job.key, job));
        const answer = (key: string, isDelivered: boolean): void => {
          const job = underWay.get(key);
          if (!job) return;
          underWay.delete(key);
          if (isDelivered) tell(key, job.item.from, job.item.to);
          queue.finish(job, isDelivered ? delivered : failed, now);
        };
        for (const { do: kind, record } of steps) {
          const key = `team/${record}`;
          now += 20_000;
          if (kind === 'note') {
            saved.set(key, (saved.get(key) ?? 0) + 1);
            queue.note(at((seq += 1)), key, saved.get(key) ?? 0, now);
          } else if (kind === 'take') takeAll();
          else if (kind === 'restart') {
            queue = createDeliveryQueue(queue.toState());
            underWay = new Map();
          } else answer(key, kind === 'deliver');
        }
        for (let turn = 0; turn < 3; turn++) {
          now += 100_000;
          takeAll();
          for (const key of saved.keys()) answer(key, true);
        }
        expect([...told].sort()).toEqual([...saved].sort());
        expect(queue.toState().pending).toEqual({});
      }),
    );
  });
});
