import { describe, expect, test } from 'vitest';
import { restoreProtected, type JsonValue, type RestoreOptions } from 'backoffice-sync/merge';
import { deepFreeze } from './deepFreeze.ts';

const restore = (options: RestoreOptions) => restoreProtected(deepFreeze(options as never) as RestoreOptions);

describe('fields', () => {
  test('a forged value becomes the stored one and is named', () => {
    const options = { stored: { createdAt: 1, a: 1 }, incoming: { createdAt: 9, a: 2 }, paths: ['createdAt'] };
    expect(restore(options)).toEqual({ record: { createdAt: 1, a: 2 }, kept: ['/createdAt'] });
  });

  test('a field that is not stored is taken away', () => {
    expect(restore({ stored: { a: 1 }, incoming: { a: 1, views: 5 }, paths: ['/views'] })).toEqual({
      record: { a: 1 },
      kept: ['/views'],
    });
  });

  test('a field that did not come is put in and not named, unless the record is whole', () => {
    const options = { stored: { createdAt: 1 }, incoming: { a: 2 }, paths: ['createdAt'] };
    expect(restore(options)).toEqual({ record: { createdAt: 1, a: 2 }, kept: [] });
    expect(restore({ ...options, isWhole: true }).kept).toEqual(['/createdAt']);
  });

  test('a record that needs nothing is given back itself', () => {
    const incoming = { createdAt: { at: 1 }, a: 2 };
    expect(restore({ stored: { createdAt: { at: 1 } }, incoming, paths: ['createdAt'] }).record).toBe(incoming);
    expect(restore({ stored: {}, incoming, paths: [] }).record).toBe(incoming);
  });

  test.each([null, 'text', undefined, []])(
    'a parent that became %j comes back with its protected field alone',
    (meta) => {
      const incoming: JsonValue = meta === undefined ? {} : { meta };
      const result = restore({ stored: { meta: { createdAt: 1, note: 'n' } }, incoming, paths: ['/meta/createdAt'] });
      expect(result.record).toEqual({ meta: { createdAt: 1 } });
    },
  );

  test('a star stands for every member of either side', () => {
    const result = restore({
      stored: { o: { a: { x: 1 } } },
      incoming: { o: { a: { x: 2 }, b: { x: 3 } } },
      paths: ['/o/*/x'],
    });
    expect(result).toEqual({ record: { o: { a: { x: 1 }, b: {} } }, kept: ['/o/a/x', '/o/b/x'] });
  });

  test('a protected __proto__ is a plain member', () => {
    const stored = JSON.parse('{"o": {"__proto__": {"x": 1}}}');
    const { record } = restore({ stored, incoming: { o: {} }, paths: ['/o/__proto__'] });
    expect(JSON.stringify(record)).toBe('{"o":{"__proto__":{"x":1}}}');
  });
});

describe('lists', () => {
  const stored = {
    members: [
      { id: 'a', joinDate: 1 },
      { id: 'b', joinDate: 2 },
    ],
  };
  const paths = ['/members/*/joinDate'];

  test('items are found by key wherever they stand', () => {
    const incoming = {
      members: [
        { id: 'b', joinDate: 9 },
        { id: 'a', joinDate: 1 },
      ],
    };
    expect(restore({ stored, incoming, paths })).toEqual({
      record: {
        members: [
          { id: 'b', joinDate: 2 },
          { id: 'a', joinDate: 1 },
        ],
      },
      kept: ['/members/[id=b]/joinDate'],
    });
  });

  test('a new item keeps what it brings, unless that is forbidden', () => {
    const incoming: JsonValue = { members: [{ id: 'a', joinDate: 1 }, { id: 'c', joinDate: 9 }, { joinDate: 8 }] };
    expect(restore({ stored, incoming, paths }).record).toBe(incoming);
    expect(restore({ stored, incoming, paths, forbidOnNew: true })).toEqual({
      record: { members: [{ id: 'a', joinDate: 1 }, { id: 'c' }, {}] },
      kept: ['/members/[id=c]/joinDate', '/members/2/joinDate'],
    });
  });

  test('a doubled item unlocks neither of the two', () => {
    const incoming = {
      members: [
        { id: 'a', joinDate: 8 },
        { id: 'a', joinDate: 9 },
      ],
    };
    expect(restore({ stored, incoming, paths }).record).toEqual({
      members: [
        { id: 'a', joinDate: 1 },
        { id: 'a', joinDate: 1 },
      ],
    });
  });

  test('a removed item stays removed', () => {
    const incoming = { members: [{ id: 'b', joinDate: 2 }] };
    expect(restore({ stored, incoming, paths })).toEqual({ record: incoming, kept: [] });
  });

  test('a list that came as an object has no forged fields', () => {
    const incoming = { members: { a: { joinDate: 9, n: 1 } } };
    expect(restore({ stored, incoming, paths }).record).toEqual({ members: { a: { n: 1 } } });
  });

  test('a declared key finds the items', () => {
    const options = { keys: { '/members': 'slug' }, paths };
    const result = restore({
      ...options,
      stored: { members: [{ slug: 's', joinDate: 1 }] },
      incoming: { members: [{ slug: 's', joinDate: 2 }] },
    });
    expect(result).toEqual({ record: { members: [{ slug: 's', joinDate: 1 }] }, kept: ['/members/[slug=s]/joinDate'] });
  });

  test('a list without keys stays as a whole when a protected field of it changed, or an item moved, came or went', () => {
    const stored = {
      l: [
        { x: 1, y: 'p' },
        { x: 2, y: 'q' },
      ],
    };
    const lists = [
      [
        { x: 9, y: 'p' },
        { x: 2, y: 'q' },
      ],
      [
        { x: 2, y: 'q' },
        { x: 1, y: 'p' },
      ],
      [{ x: 2, y: 'q' }],
      [...stored.l, { y: 'new' }],
    ];
    for (const l of lists)
      expect(restore({ stored, incoming: { l }, paths: ['/l/*/x'] })).toEqual({ record: stored, kept: ['/l'] });
  });

  test.each<[JsonValue | undefined]>([[''], [null], [{ 0: { views: 9 } }], [undefined]])(
    'a list without keys stays as a whole when %j came in its place',
    (list) => {
      const l: JsonValue = [{ id: 'a', views: 1 }, { name: 'x' }];
      const incoming: JsonValue = list === undefined ? { n: 2 } : { l: list, n: 2 };
      const options: RestoreOptions = { stored: { l, n: 1 }, incoming, paths: ['/l/*/views'], isWhole: true };
      expect(restoreProtected(options)).toEqual({ record: { l, n: 2 }, kept: ['/l'] });
      expect(restoreProtected({ ...options, isWhole: false }).kept).toEqual(list === undefined ? [] : ['/l']);
    },
  );

  test('a list without keys and without anything protected may go, and a keyed one with all of its items', () => {
    const gone = (stored: JsonValue) =>
      restoreProtected({ stored: deepFreeze({ l: stored }), incoming: {}, paths: ['/l/*/views'], isWhole: true });
    expect(gone([{ id: 'a' }, { name: 'x' }])).toEqual({ record: {}, kept: [] });
    expect(gone([{ id: 'a', views: 1 }])).toEqual({ record: {}, kept: [] });
  });

  test('a list without keys takes edits of its other fields', () => {
    const incoming = { l: [{ x: 1, y: 'edited' }] };
    expect(restore({ stored: { l: [{ x: 1, y: 'p' }] }, incoming, paths: ['/l/*/x'] })).toEqual({
      record: incoming,
      kept: [],
    });
  });
});

describe('a new record', () => {
  test('keeps what it brings, unless that is forbidden', () => {
    const options = { stored: undefined, incoming: { views: 5, a: 1 }, paths: ['views'] };
    expect(restoreProtected(options)).toEqual({ record: { views: 5, a: 1 }, kept: [] });
    expect(restoreProtected({ ...options, forbidOnNew: true })).toEqual({ record: { a: 1 }, kept: ['/views'] });
  });
});
