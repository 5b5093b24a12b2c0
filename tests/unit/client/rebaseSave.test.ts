import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rebaseSave } from '../../../backoffice/client/rebaseSave.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { merge } from '../../../shared/merge/index.ts';

const names = ['a', 'b', 'c'] as const;
const record = fc.record({ a: fc.nat(2), b: fc.nat(2), c: fc.nat(2) });
const stored = (base: JsonObject | null, mine: JsonObject, theirs: JsonObject) =>
  merge({ base: base ?? theirs, mine, theirs });

it('a queued save decides exactly the fields that were typed after the save before it', () => {
  fc.assert(
    fc.property(record, record, record, record, (base, first, colleague, second) => {
      const sent = stored(base, first, colleague);
      fc.pre(sent.conflicts.length === 0);
      const answer = sent.merged as JsonObject;
      const queued = { data: second, base, unset: [] };
      const rebased = rebaseSave(queued, { data: first, base, unset: [] }, answer);
      const result = stored(rebased.base, rebased.data, answer);
      const contested = result.conflicts.map((conflict) => conflict.path.slice(1));
      for (const name of names) {
        const isTyped = second[name] !== first[name];
        const isForeign = answer[name] !== first[name];
        // Both moved it away from what the form showed, and apart: somebody has to decide.
        if (isTyped && isForeign && second[name] !== answer[name]) expect(contested).toContain(name);
        else expect((result.merged as JsonObject)[name]).toBe(isTyped ? second[name] : answer[name]);
      }
    }),
    { numRuns: 2000 },
  );
});

it('a save without a base stays without one while it sets a field that nobody has seen', () => {
  const blind = { data: { phone: 'p0' }, base: null, unset: [] };
  expect(rebaseSave(blind, { data: { name: 'n1' }, base: null, unset: [] }, { name: 'n1', phone: 'p1' })).toBe(blind);
});

it('what the server wrote in its own way is no conflict with oneself', () => {
  const receipt = { outcome: 'saved', fields: [{ path: '/name', status: 'applied' }] } as const;
  const rebased = rebaseSave(
    { data: { name: ' Ada L' }, base: { name: 'A' }, unset: [] },
    { data: { name: ' Ada' }, base: { name: 'A' }, unset: [] },
    { name: 'Ada' },
    receipt,
  );
  expect(rebased).toMatchObject({ data: { name: ' Ada L' }, base: { name: 'Ada' } });
});
