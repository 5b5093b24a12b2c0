import { describe, expect, test } from 'vitest';
import { formatPointer, getAt, matchesPattern, parsePointer, type JsonValue } from 'backoffice-sync/merge';

const record: JsonValue = {
  members: [
    { id: 'm1', role: 'lead', tags: ['x', 'y'] },
    { id: 2, role: 'guest' },
    { 'a/b': 1, id: 'p/q' },
  ],
  'a/b': { '~': 1 },
  '': { '': 2 },
  '[id=m1]': 'a plain name',
};

describe('tokens', () => {
  test.each([
    ['', []],
    ['/', ['']],
    ['/a~1b/m~0n/~01', ['a/b', 'm~n', '~1']],
    ['/members/[id=m1]/role', ['members', '[id=m1]', 'role']],
  ])('%j is read into its tokens and written back', (pointer, tokens) => {
    expect(parsePointer(pointer)).toEqual(tokens);
    expect(formatPointer(tokens)).toBe(pointer);
  });

  test.each(['a', 'a/b', '/~', '/~2', '/a~'])('%j is no pointer', (text) => {
    expect(parsePointer(text)).toBeUndefined();
  });
});

describe('patterns', () => {
  test.each([
    ['/members/[id=m1]/role', '/members/*/role', true],
    ['/members/3/role', '/members/*/role', true],
    ['/members/[id=m1]/role', '/members/[id=m1]/role', true],
    ['/members/[id=m1]', '/members/*/role', false],
    ['/members/[id=m1]/role/x', '/members/*/role', false],
    ['/createdAt', 'createdAt', true],
    ['/o/createdAt', 'createdAt', false],
    ['', '', true],
    ['createdAt', 'createdAt', false],
  ])('%j against %j: %s', (pointer, pattern, expected) => {
    expect(matchesPattern(pointer, pattern)).toBe(expected);
  });
});

describe('reading', () => {
  test.each([
    ['', record],
    ['/members/[id=m1]/role', 'lead'],
    ['/members/[id=2]/role', 'guest'],
    ['/members/[role=guest]/id', 2],
    ['/members/[id=p~1q]/a~1b', 1],
    ['/members/0/tags/1', 'y'],
    ['/a~1b/~0', 1],
    ['//', 2],
    ['/[id=m1]', 'a plain name'],
  ])('%j is found', (pointer, value) => {
    expect(getAt(record, pointer)).toEqual(value);
  });

  test.each([
    '/x',
    '/members/9',
    '/members/00',
    '/members/-',
    '/members/[id=m9]',
    '/members/[id]',
    '/members/length',
    '/toString',
    '/__proto__',
    '/members/0/role/0',
    'members',
  ])('%j is absent', (pointer) => {
    expect(getAt(record, pointer)).toBeUndefined();
  });
});
