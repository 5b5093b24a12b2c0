import { describe, expect, test } from 'vitest';
import { merge, type MergeOptions, type JsonValue } from 'backoffice-sync/merge';
import { deepFreeze } from './deepFreeze.ts';

const items = (ids: string): JsonValue[] => [...ids].map((id) => ({ id, n: 1 }));
const run = (base: JsonValue, mine: JsonValue, theirs: JsonValue, options: Partial<MergeOptions> = {}) =>
  merge({ ...options, ...deepFreeze({ base: { l: base }, mine: { l: mine }, theirs: { l: theirs } }) });
const listOf = (result: { readonly merged: JsonValue }) => (result.merged as { l: JsonValue }).l;
const order = (base: string, mine: string, theirs: string) =>
  (listOf(run(items(base), items(mine), items(theirs))) as { id: string }[]).map(({ id }) => id).join('');
const told = (base: JsonValue, mine: JsonValue, theirs: JsonValue) =>
  Object.fromEntries(run(base, mine, theirs).outcomes.map(({ path, status }) => [path, status]));

describe('the order of a keyed list', () => {
  test.each([
    ['an addition follows its left neighbour', 'abc', 'axbc', 'abc', 'axbc'],
    ['additions of both sides stay', 'abc', 'axbc', 'abcy', 'axbcy'],
    ['of two additions after one neighbour theirs comes first', 'ab', 'axb', 'ayb', 'ayxb'],
    ['of two additions at the start theirs comes first', 'a', 'xa', 'ya', 'yxa'],
    ['a run of additions stays together', 'ab', 'axyb', 'apqb', 'apqxyb'],
    ['an addition whose neighbour is gone follows the next one to the left', 'abc', 'abxc', 'ac', 'axc'],
    ['an addition without any neighbour left stands at the start', 'a', 'ax', '', 'x'],
    ['only mine reordered, so its order holds', 'abc', 'cab', 'abc', 'cab'],
    ['only theirs reordered, so its order holds', 'abc', 'abc', 'cab', 'cab'],
    ['what theirs added follows its left neighbour in my order', 'abc', 'cab', 'abcy', 'cyab'],
    ['in my order, too, theirs comes first after one neighbour', 'abc', 'caxb', 'aybc', 'cayxb'],
    ['what theirs removed is gone from my order', 'abc', 'cba', 'ac', 'ca'],
    ['both moved alike', 'abc', 'cab', 'cab', 'cab'],
    ['a removal next to a move', 'abcd', 'dab', 'abcd', 'dab'],
  ])('%s', (_, base, mine, theirs, expected) => {
    expect(order(base, mine, theirs)).toBe(expected);
  });

  test('two different orders are one conflict on the list, which stays theirs', () => {
    const result = run(items('abc'), items('cab'), items('bac'));
    expect(listOf(result)).toEqual(items('bac'));
    expect(result.conflicts).toEqual([{ path: '/l', base: items('abc'), mine: items('cab'), theirs: items('bac') }]);
  });

  test('a new order is told at the list, a field inside it at the field', () => {
    expect(
      told(
        [
          { id: 'a', n: 1 },
          { id: 'b', n: 1 },
        ],
        [
          { id: 'b', n: 1 },
          { id: 'a', n: 1 },
        ],
        [
          { id: 'a', n: 2 },
          { id: 'b', n: 1 },
        ],
      ),
    ).toEqual({
      '/l': 'applied',
      '/l/[id=a]/n': 'merged',
    });
  });
});

describe('the items of a keyed list', () => {
  test('edits of different fields of one item merge', () => {
    const result = run([{ id: 'a', x: 1, y: 1 }], [{ id: 'a', x: 2, y: 1 }], [{ id: 'a', x: 1, y: 2 }]);
    expect(listOf(result)).toEqual([{ id: 'a', x: 2, y: 2 }]);
  });

  test('a field that an item of mine leaves out is unchanged', () => {
    const result = run([{ id: 'a', x: 1, y: 1 }], [{ id: 'a', x: 2 }], [{ id: 'a', x: 1, y: 1 }]);
    expect(listOf(result)).toEqual([{ id: 'a', x: 2, y: 1 }]);
  });

  test('each thing that can happen to an item is told at the item', () => {
    expect(told(items('abc'), items('bx'), items('acy'))).toEqual({
      '/l/[id=a]': 'applied',
      '/l/[id=b]': 'merged',
      '/l/[id=c]': 'applied',
      '/l/[id=x]': 'applied',
      '/l/[id=y]': 'merged',
    });
    expect(told(items('ab'), items('a'), items('a'))).toEqual({ '/l/[id=b]': 'same' });
  });

  test('a removal against an edit is a conflict on the item, whoever removed it', () => {
    const edited = [{ id: 'a', n: 2 }];
    const mineRemoved = run(items('a'), [], edited);
    expect(listOf(mineRemoved)).toEqual(edited);
    expect(mineRemoved.conflicts).toEqual([{ path: '/l/[id=a]', base: { id: 'a', n: 1 }, theirs: { id: 'a', n: 2 } }]);
    const theirsRemoved = run(items('a'), edited, []);
    expect(listOf(theirsRemoved)).toEqual([]);
    expect(theirsRemoved.conflicts).toEqual([{ path: '/l/[id=a]', base: { id: 'a', n: 1 }, mine: { id: 'a', n: 2 } }]);
  });

  test('an item that both add is merged field by field', () => {
    const result = run([], [{ id: 'a', x: 1, z: 1 }], [{ id: 'a', y: 1, z: 2 }]);
    expect(listOf(result)).toEqual([{ id: 'a', x: 1, y: 1, z: 2 }]);
    expect(result.conflicts.map(({ path }) => path)).toEqual(['/l/[id=a]/z']);
  });

  test('a new item of mine without a key keeps the list keyed and stands where it stood', () => {
    const result = run(
      items('ab'),
      [{ id: 'a', n: 1 }, { n: 9 }, { id: 'b', n: 2 }],
      [
        { id: 'a', n: 3 },
        { id: 'b', n: 1 },
      ],
    );
    expect(listOf(result)).toEqual([{ id: 'a', n: 3 }, { n: 9 }, { id: 'b', n: 2 }]);
    expect(result.outcomes).toContainEqual({ path: '/l/-', status: 'applied' });
  });

  test('ids compare as text, so that a number and its digits are one', () => {
    const result = run([{ id: 1, n: 1 }], [{ id: 1, n: 2 }], [{ id: '1', n: 1 }]);
    expect(listOf(result)).toEqual([{ id: '1', n: 2 }]);
  });

  test('an id with a slash, a tilde or a bracket is escaped as one token', () => {
    const item = (n: number) => [{ id: 'a/b~c]', n }];
    expect(run(item(1), item(2), item(3)).conflicts.map(({ path }) => path)).toEqual(['/l/[id=a~1b~0c]]/n']);
  });

  test('lists inside items merge by key as well', () => {
    const list = (x: number, y: number): JsonValue => [
      {
        id: 'a',
        sub: [
          { id: 'p', x },
          { id: 'q', y },
        ],
      },
    ];
    expect(listOf(run(list(1, 1), list(2, 1), list(1, 2)))).toEqual(list(2, 2));
  });
});

describe('which lists are keyed', () => {
  test('a list with a doubled id is one value, also when the two differ only in kind', () => {
    const doubled = [
      { id: 1, n: 1 },
      { id: '1', n: 1 },
    ];
    expect(run(doubled, [{ id: 1, n: 2 }], [{ id: 1, n: 3 }]).conflicts.map(({ path }) => path)).toEqual(['/l']);
  });

  test('an empty list is keyed when another side is', () => {
    expect(listOf(run([], items('x'), items('y')))).toEqual([...items('y'), ...items('x')]);
  });

  test('an empty list is keyed when it is declared', () => {
    const keyless = run([], [{ n: 1 }], [], { keys: { '/l': 'slug' } });
    expect(keyless.outcomes).toEqual([{ path: '/l/-', status: 'applied' }]);
    expect(run([], [{ n: 1 }], []).outcomes).toEqual([{ path: '/l', status: 'applied' }]);
  });

  test('a declared key names the items', () => {
    const blocks = (x: number) => [{ id: 'p', blocks: [{ slug: 's', x }] }];
    const result = run(blocks(1), blocks(2), blocks(3), { keys: { '/l/*/blocks': 'slug' } });
    expect(result.conflicts.map(({ path }) => path)).toEqual(['/l/[id=p]/blocks/[slug=s]/x']);
  });

  test('the more exactly written of two patterns wins', () => {
    const list = (x: number) => [{ slug: 's', code: 'c', x }];
    const result = run(list(1), list(2), list(3), { keys: { '/*': 'code', '/l': 'slug' } });
    expect(result.conflicts.map(({ path }) => path)).toEqual(['/l/[slug=s]/x']);
  });

  test('a list that is declared atomic is one value', () => {
    const result = run(items('ab'), items('a'), items('b'), { atomic: ['/l'] });
    expect(result.conflicts.map(({ path }) => path)).toEqual(['/l']);
  });
});
