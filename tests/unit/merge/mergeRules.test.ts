import { describe, expect, test } from 'vitest';
import { merge, type JsonValue } from 'backoffice-sync/merge';
import { check, list, named } from './mergeCase.ts';

// Written by hand from the rules of docs/a-save-step-by-step.md, not from what the engine answers.
describe('absence, null and kinds', () => {
  test.each(
    named([
      ['null against absence in mine', [{ a: null }, {}, { a: null }], { a: null }],
      ['null in mine against a removal in theirs', [{ a: 1 }, { a: null }, {}], {}, ['/a']],
      ['absent in mine against null in theirs', [{ a: 1 }, {}, { a: null }], { a: null }],
      ['null on both sides of nothing', [{}, { a: null }, { a: null }], { a: null }],
      ['null against another value where nothing was', [{}, { a: null }, { a: 1 }], { a: 1 }, ['/a']],
      ['an object against null', [{ a: null }, { a: { x: 1 } }, { a: null }], { a: { x: 1 } }],
      [
        'an object of mine against an object of theirs where null was',
        [{ a: null }, { a: { x: 1 } }, { a: { y: 1 } }],
        { a: { y: 1 } },
        ['/a'],
      ],
      [
        'an object that mine nulls while theirs edits in it',
        [{ a: { x: 1 } }, { a: null }, { a: { x: 2 } }],
        { a: { x: 2 } },
        ['/a'],
      ],
      ['an object that mine leaves empty is unchanged', [{ a: { x: 1 } }, { a: {} }, { a: { x: 2 } }], { a: { x: 2 } }],
      [
        'an object that theirs empties against an edit in it',
        [{ a: { x: 1 } }, { a: { x: 2 } }, { a: {} }],
        { a: {} },
        ['/a/x'],
      ],
      [
        'a list that mine empties against a plain change',
        [{ a: [1] }, { a: [] }, { a: [1, 2] }],
        { a: [1, 2] },
        ['/a'],
      ],
      ['an empty list is no empty object', [{ a: [] }, { a: {} }, { a: [] }], { a: {} }],
      ['a list against an object', [{ a: [] }, { a: {} }, { a: [1] }], { a: [1] }, ['/a']],
      ['text against its number', [{ a: '1' }, { a: 1 }, { a: '1' }], { a: 1 }],
      ['a number however written', [{ a: 1 }, { a: 1.0 }, { a: 2 }], { a: 2 }],
      ['zero and minus zero', [{ a: 0 }, { a: -0 }, { a: 3 }], { a: 3 }],
      ['false against null', [{ a: false }, { a: null }, { a: false }], { a: null }],
      [
        'the same object in another order of members',
        [{ a: { x: 1, y: 2 } }, { a: { y: 2, x: 1 } }, { a: { x: 1, y: 3 } }],
        { a: { x: 1, y: 3 } },
      ],
      [
        'the same plain list of objects in another order of members',
        [{ a: [{ x: 1, y: 2 }] }, { a: [{ y: 2, x: 1 }] }, { a: [{ x: 9 }] }],
        { a: [{ x: 9 }] },
      ],
    ]),
  )('$name', ({ entry }) => check(entry));
});

describe('deep places', () => {
  const group = (n: number, m: number) => ({ g: [{ id: 'g/1', l: [{ id: 'a~', n, m }], o: { 'x/y': { '': n } } }] });
  test.each(
    named([
      [
        'conflicts name every escape',
        [group(1, 1), group(2, 1), group(3, 1)],
        group(3, 1),
        ['/g/[id=g~11]/l/[id=a~0]/n', '/g/[id=g~11]/o/x~1y/'],
      ],
      [
        'lists in items of lists merge',
        [group(1, 1), group(2, 1), group(1, 2)],
        { g: [{ id: 'g/1', l: [{ id: 'a~', n: 2, m: 2 }], o: { 'x/y': { '': 2 } } }] },
      ],
      [
        'a list in an item that mine moved',
        [
          {
            g: [
              { id: 1, l: list('a1') },
              { id: 2, l: list('b1') },
            ],
          },
          {
            g: [
              { id: 2, l: list('b1 x1') },
              { id: 1, l: list('a1') },
            ],
          },
          {
            g: [
              { id: 1, l: list('a2') },
              { id: 2, l: list('y1 b1') },
            ],
          },
        ],
        {
          g: [
            { id: 2, l: list('y1 b1 x1') },
            { id: 1, l: list('a2') },
          ],
        },
      ],
      [
        'an item removed by mine whose inner list theirs edited',
        [{ g: [{ id: 1, l: list('a1') }] }, { g: [] }, { g: [{ id: 1, l: list('a1 b1') }] }],
        { g: [{ id: 1, l: list('a1 b1') }] },
        ['/g/[id=1]'],
      ],
      [
        'an inner list that both reorder differently, beside an edit',
        [
          { g: [{ id: 1, t: 1, l: list('a1 b1 c1') }] },
          { g: [{ id: 1, t: 2, l: list('b1 a1 c1') }] },
          { g: [{ id: 1, t: 1, l: list('a1 c1 b1') }] },
        ],
        { g: [{ id: 1, t: 2, l: list('a1 c1 b1') }] },
        ['/g/[id=1]/l'],
      ],
      [
        'a list of lists is one value',
        [{ a: [[1], [2]] }, { a: [[1], [3]] }, { a: [[4], [2]] }],
        { a: [[4], [2]] },
        ['/a'],
      ],
      ['a record that is a keyed list itself', [list('a1 b1'), list('a2 b1'), list('a1 b2 c1')], list('a2 b2 c1')],
      ['a record that is a text', ['a', 'b', 'c'], 'c', ['']],
    ]),
  )('$name', ({ entry }) => check(entry));
});

test('what others added to the prototype of all objects is taken for a member of none', () => {
  const prototype = Object.prototype as Record<string, unknown>;
  prototype['isAdmin'] = true;
  try {
    const sides = {
      base: { o: { y: 1, z: 1 } },
      mine: { o: { isAdmin: true, y: 1, z: 1 } },
      theirs: { o: { y: 1, z: 1 } },
    };
    const own = ({ merged }: { readonly merged: JsonValue }) => JSON.stringify(merged);
    expect(own(merge(sides))).toBe('{"o":{"y":1,"z":1,"isAdmin":true}}');
    const replaced = { base: { o: { isAdmin: true } }, mine: { o: { isAdmin: true } }, theirs: { o: { y: 1 } } };
    expect(own(merge(replaced))).toBe('{"o":{"y":1}}');
    expect(
      merge(replaced)
        .outcomes.map(({ path }) => path)
        .sort(),
    ).toEqual(['/o/isAdmin', '/o/y']);
  } finally {
    delete prototype['isAdmin'];
  }
});
