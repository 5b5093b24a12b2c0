import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DueHeap } from '../../../backend/readers/webhooks/dueHeap.ts';

it('what is due comes out by its time, and in the order of coming where the time is the same', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 100 }), (times) => {
      const heap = new DueHeap<number>();
      const expected = times.map((dueAt, value) => ({ dueAt, value })).sort((a, b) => a.dueAt - b.dueAt);
      for (const [value, dueAt] of times.entries()) heap.push(dueAt, value);
      const out: { dueAt: number; value: number }[] = [];
      for (let first = heap.first(); first !== undefined; first = heap.first()) {
        out.push({ dueAt: first.dueAt, value: first.value });
        heap.pop();
      }
      expect(out).toEqual(expected);
    }),
  );
});
