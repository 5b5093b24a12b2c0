import { describe, expect, test } from 'vitest';
import { checkFields } from '../../../backoffice/panel/form/checkFields.ts';
import { fromFormValue } from '../../../backoffice/panel/form/fromFormValue.ts';
import { readNumber } from '../../../backoffice/panel/form/readNumber.ts';
import { setAtPointer } from '../../../backoffice/panel/form/setAtPointer.ts';
import { field } from '../../helpers/panelStandInResources.ts';

describe('setting a place', () => {
  test('makes the group that did not exist, so that what is decided inside it has a base', () => {
    expect(setAtPointer(undefined, '/city', 'Theirs')).toEqual({ city: 'Theirs' });
    expect(setAtPointer(null, '/geo/lat', 1)).toEqual({ geo: { lat: 1 } });
    expect(setAtPointer({ street: 'a' }, '/geo/lat', 1)).toEqual({ street: 'a', geo: { lat: 1 } });
  });

  test('takes nothing away where nothing is, and knows no items of a list that is not there', () => {
    expect(setAtPointer(undefined, '/city', undefined)).toBeUndefined();
    expect(setAtPointer(null, '/city', undefined)).toBeNull();
    expect(setAtPointer(undefined, '/[id=a]/note', 'x')).toBeUndefined();
    expect(setAtPointer('text', '/city', 'x')).toBe('text');
  });
});

describe('an item that comes back', () => {
  const items = (...ids: readonly string[]) => ids.map((id) => ({ id }));

  test('stands where the model has it among those that are here', () => {
    const back = (list: readonly string[], model: readonly string[]) =>
      setAtPointer(items(...list), '/[id=x]', { id: 'x' }, items(...model));
    expect(back(['b'], ['x', 'b'])).toEqual(items('x', 'b'));
    expect(back(['a', 'b'], ['a', 'x', 'b'])).toEqual(items('a', 'x', 'b'));
    expect(back(['b', 'a'], ['a', 'gone', 'x', 'b'])).toEqual(items('b', 'a', 'x'));
    expect(back(['a', 'b'], ['b'])).toEqual(items('a', 'b', 'x'));
    expect(setAtPointer({ l: items('b') }, '/l/[id=x]', { id: 'x' }, { l: items('x', 'b') })).toEqual({
      l: items('x', 'b'),
    });
  });
});

describe('a number that is typed', () => {
  const position = field('position', 'number', ['Position', 'Position']);

  test('is read with a point or a comma, and nothing else is taken for one', () => {
    expect(['7', '-1,5', '1e3', ' 4 ', '.5', '1.'].map(readNumber)).toEqual([7, -1.5, 1000, 4, 0.5, 1]);
    expect(['7e', '-', '', '1 2', '1e999', 'abc', '1,2,3'].map(readNumber)).toEqual(Array(7).fill(null));
  });

  test('is never taken for an empty field while it is none: it is refused beside the field', () => {
    expect(fromFormValue(position, '7e')).toBe('7e');
    expect(checkFields([position], { position: '7e' })).toMatchObject([{ path: 'position', fault: 'notNumber' }]);
    expect(fromFormValue(position, '1,50')).toBe(1.5);
    expect(fromFormValue(position, '')).toBeUndefined();
    expect(checkFields([position], { position: '' })).toEqual([]);
  });
});
