/** The laws of long texts that two people edit at different lines. */
import fc from 'fast-check';
import { demand, law, type Law } from './law.ts';
import { same } from './plainJson.ts';

const show = (value: unknown): string => JSON.stringify(value);
const text = fc.array(fc.constantFrom('a', 'b', 'c', '', 'été'), { maxLength: 6 }).map((lines) => lines.join('\n'));
const sides = fc.record({ base: text, mine: text, theirs: text });

/** The laws. */
export const textLaws: readonly Law[] = [
  law({
    name: 'in a text that is declared, edits of lines that do not touch are both kept, and nowhere else',
    input: fc.record({
      count: fc.integer({ min: 3, max: 12 }),
      first: fc.nat(20),
      gap: fc.integer({ min: 2, max: 8 }),
    }),
    holds(engine, { count, first, gap }) {
      const mineAt = first % (count - 2);
      const theirsAt = Math.min(mineAt + gap, count - 1);
      const write = (...changed: readonly (readonly [number, string])[]) =>
        Array.from({ length: count }, (_, index) => new Map(changed).get(index) ?? `line ${index}`).join('\n');
      const [base, mine, theirs] = [write(), write([mineAt, 'mine']), write([theirsAt, 'theirs'])];
      const records = {
        base: { story: base, name: base },
        mine: { story: mine, name: mine },
        theirs: { story: theirs, name: theirs },
      };
      const { merged, conflicts } = engine.merge({ ...records, texts: ['/story'], mergeText: engine.mergeLines });
      const wanted = { story: write([mineAt, 'mine'], [theirsAt, 'theirs']), name: theirs };
      demand(same(merged, wanted), () => `${show(merged)} instead of ${show(wanted)}`);
      demand(conflicts.length === 1 && conflicts[0]?.path === '/name', () => show(conflicts));
    },
  }),
  law({
    name: 'a text that one side alone changed becomes that, and it does not matter who comes first',
    input: sides,
    holds(engine, { base, mine, theirs }) {
      const join = engine.mergeLines;
      demand(join({ base, mine, theirs: base }) === mine, () => 'only mine');
      demand(join({ base, mine: base, theirs }) === theirs, () => 'only theirs');
      demand(join({ base, mine, theirs: mine }) === mine, () => 'both alike');
      const [one, other] = [join({ base, mine, theirs }), join({ base, mine: theirs, theirs: mine })];
      demand(one === other, () => `${show(one)} or ${show(other)}`);
    },
  }),
  law({
    name: 'a merged text has no line that no side wrote, and keeps each line that one side added',
    input: sides,
    holds(engine, { base, mine, theirs }) {
      const joined = engine.mergeLines({ base, mine, theirs });
      if (joined === null) return;
      const [before, my, their, after] = [base, mine, theirs, joined].map((side) => new Set(side.split('\n')));
      for (const line of after ?? [])
        demand(Boolean(my?.has(line)) || Boolean(their?.has(line)), () => `made up: ${line}`);
      for (const line of [...(my ?? []), ...(their ?? [])]) {
        demand(Boolean(before?.has(line)) || Boolean(after?.has(line)), () => `lost: ${line}`);
      }
    },
  }),
];
