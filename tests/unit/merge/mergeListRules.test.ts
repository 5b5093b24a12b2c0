import { describe, test } from 'vitest';
import type { JsonValue } from 'backoffice-sync/merge';
import { check, lists, named } from './mergeCase.ts';

// Written by hand from the rules of docs/a-save-step-by-step.md, not from what the engine answers.
describe('one list, several things at once', () => {
  test.each(
    named([
      lists('mine reorders, adds and removes', 'a1 b1 c1 d1 | d1 a1 x1 c1 | a1 b1 c1 d1', 'd1 a1 x1 c1'),
      lists('theirs reorders, adds and removes', 'a1 b1 c1 d1 | a1 b1 c1 d1 | d1 a1 x1 c1', 'd1 a1 x1 c1'),
      lists('mine reorders while theirs removes and adds', 'a1 b1 c1 | c1 b1 a1 | a1 c1 y1', 'c1 y1 a1'),
      lists('mine removes and adds while theirs reorders', 'a1 b1 c1 | a1 c1 x1 | c1 b1 a1', 'c1 x1 a1'),
      lists('an item moved by mine and edited by theirs', 'a1 b1 c1 | c1 a1 b1 | a1 b1 c2', 'c2 a1 b1'),
      lists('an item moved and edited by mine, edited alike by theirs', 'a1 b1 | b2 a1 | a1 b2', 'b2 a1'),
      lists('an item moved by both to one place and edited by mine', 'a1 b1 c1 | c2 a1 b1 | c1 a1 b1', 'c2 a1 b1'),
      lists('both moved, differently', 'a1 b1 c1 | b1 a1 c1 | a1 c1 b1', 'a1 c1 b1', ['/l']),
      lists('both removed one and added one each', 'a1 b1 c1 | x1 b1 c1 | a1 b1 y1', 'x1 b1 y1'),
      lists('all of base is replaced by each side', 'a1 | x1 | y1', 'y1 x1'),
      lists('both clear the list', 'a1 b1 | | ', ''),
      lists('mine clears what theirs added to', 'a1 | | a1 y1', 'y1'),
      lists('mine adds to what theirs cleared', 'a1 | a1 x1 | ', 'x1'),
      lists('removed by both, edited by none, beside an edit', 'a1 b1 c1 | a1 c2 | a2 c1', 'a2 c2'),
      lists('one edit against a removal beside a harmless one', 'a1 b1 | b2 | a2 b1', 'a2 b2', ['/l/[id=a]']),
      lists('each removes what the other edited', 'a1 b1 | b2 | a2', 'a2', ['/l/[id=a]', '/l/[id=b]']),
      lists('an item that both add alike is there once', 'a1 | a1 x1 | x1 a1', 'x1 a1'),
      lists('an item that both add, with another value', 'a1 | a1 x1 | a1 x2', 'a1 x2', ['/l/[id=x]/n']),
      lists('a run that mine adds at the end stays in order', 'a1 | a1 x1 y1 z1 | a2', 'a2 x1 y1 z1'),
      lists('additions at both ends', 'a1 b1 | x1 a1 b1 | a1 b1 y1', 'x1 a1 b1 y1'),
      lists('a removal of the left neighbour of an addition of theirs', 'a1 b1 | b1 | a1 y1 b1', 'y1 b1'),
    ]),
  )('$name', ({ entry }) => check(entry));
});

describe('what makes a list keyed', () => {
  const text = (...ids: JsonValue[]) => ids.map((id) => ({ id, n: 1 }));
  const edited = (list: JsonValue[], at: number) => list.with(at, { ...(list[at] as object), n: 2 } as JsonValue);
  test.each(
    named([
      [
        'numbers and their digits are one id',
        [{ l: text(1, 2) }, { l: edited(text('1', '2'), 0) }, { l: edited(text(1, 2), 1) }],
        // The id of the stored item stays a number, or becomes text, as mine wrote it: it changed the field.
        {
          l: [
            { id: '1', n: 2 },
            { id: '2', n: 2 },
          ],
        },
      ],
      [
        'an id of 0',
        [{ l: text(0) }, { l: edited(text(0), 0) }, { l: text(0, 1) }],
        { l: [{ id: 0, n: 2 }, ...text(1)] },
      ],
      [
        'an empty id',
        [{ l: text('') }, { l: edited(text(''), 0) }, { l: text('', 'b') }],
        { l: [{ id: '', n: 2 }, ...text('b')] },
      ],
      [
        'true is no id',
        [{ l: text(true) }, { l: text(true, 'x') }, { l: text(true, 'y') }],
        { l: text(true, 'y') },
        ['/l'],
      ],
      [
        'a new item of mine with true as id',
        [{ l: text('a') }, { l: text('a', true) }, { l: text('a', 'b') }],
        { l: text('a', 'b') },
        ['/l'],
      ],
      [
        'a new item of mine with null as id',
        [{ l: text('a') }, { l: text('a', null) }, { l: text('a', 'b') }],
        { l: text('a', 'b', null) },
      ],
      [
        'an id of null in base is no id',
        [{ l: text(null) }, { l: text('x') }, { l: text('y') }],
        { l: text('y') },
        ['/l'],
      ],
      [
        'theirs has an item without id',
        [{ l: text('a') }, { l: text('a', 'x') }, { l: [{ n: 1 }] }],
        { l: [{ n: 1 }] },
        ['/l'],
      ],
      [
        'a doubled id in base only',
        [{ l: text('a', 'a') }, { l: text('a') }, { l: text('a', 'a', 'b') }],
        { l: text('a', 'a', 'b') },
        ['/l'],
      ],
      [
        'a doubled id in mine only',
        [{ l: text('a') }, { l: edited(text('a', 'a'), 1) }, { l: text('a', 'b') }],
        { l: text('a', 'b') },
        ['/l'],
      ],
      [
        'a doubled id in theirs only',
        [{ l: text('a') }, { l: text('a', 'x') }, { l: text('a', 'a') }],
        { l: text('a', 'a') },
        ['/l'],
      ],
      [
        'a doubled id that only mine changed',
        [{ l: text('a') }, { l: text('b', 'b') }, { l: text('a') }],
        { l: text('b', 'b') },
      ],
      [
        'a doubled new id',
        [{ l: text('a') }, { l: text('a', 'x', 'x') }, { l: text('a', 'y') }],
        { l: text('a', 'y') },
        ['/l'],
      ],
      [
        'a plain item in mine',
        [{ l: text('a') }, { l: [...text('a'), 'x'] }, { l: text('a', 'b') }],
        { l: text('a', 'b') },
        ['/l'],
      ],
      [
        'an id that changes is a removal and an addition',
        [{ l: text('a', 'b') }, { l: text('x', 'b') }, { l: text('a', 'b') }],
        { l: text('x', 'b') },
      ],
      [
        'an id that changes against an edit of that item',
        [{ l: text('a', 'b') }, { l: text('x', 'b') }, { l: edited(text('a', 'b'), 0) }],
        {
          l: [
            { id: 'x', n: 1 },
            { id: 'a', n: 2 },
            { id: 'b', n: 1 },
          ],
        },
        ['/l/[id=a]'],
      ],
      ['an empty base, keyed by both', [{ l: [] }, { l: text('x') }, { l: text('y') }], { l: text('y', 'x') }],
      ['all empty', [{ l: [] }, { l: [] }, { l: [] }], { l: [] }],
      ['an absent base, keyed by both', [{}, { l: text('x') }, { l: text('y') }], { l: text('y', 'x') }],
      [
        'an empty base that becomes plain values on one side',
        [{ l: [] }, { l: [1] }, { l: text('y') }],
        { l: text('y') },
        ['/l'],
      ],
    ]),
  )('$name', ({ entry }) => check(entry));
});
