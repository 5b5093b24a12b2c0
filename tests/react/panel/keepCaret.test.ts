import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepCaret } from '../../../backoffice/panel/form/keepCaret.ts';
import type { JsonValue } from '../../../shared/json.ts';

let input: HTMLInputElement;
beforeEach(() => {
  input = document.body.appendChild(document.createElement('input'));
});
afterEach(() => input.remove());

/** What the focused input shows, with `|` at the caret, after the form has got other values. */
function shown(name: string, typed: string, from: JsonValue, to: JsonValue): string {
  input.name = name;
  input.value = typed.replace('|', '');
  input.focus();
  input.setSelectionRange(typed.indexOf('|'), typed.indexOf('|'));
  let values = from;
  const read = () => values;
  keepCaret(read, () => {
    values = to;
  });
  const caret = input.selectionStart ?? -1;
  return `${input.value.slice(0, caret)}|${input.value.slice(caret)}`;
}

const press = { id: 'l1', label: 'Press' };

test('the caret stays in the text of its item when a colleague puts another item before it', () => {
  const after = {
    links: [
      { id: 'l2', label: 'News' },
      { ...press, label: 'The Press' },
    ],
  };
  expect(shown('links.0.label', 'Pre|ss', { links: [press] }, after)).toBe('The Pre|ss');
});

test('the text of an item that a colleague took away is not written over by the item that comes after it', () => {
  const before = { links: [press, { id: 'l2', label: 'News' }] };
  expect(shown('links.0.label', 'Pre|ss', before, { links: [{ id: 'l2', label: 'News' }] })).toBe('Pre|ss');
});

test('a tag that is being typed is left alone when the tags change', () => {
  expect(shown('languages', 'Ger|m', { languages: ['French'] }, { languages: ['French', 'Dutch'] })).toBe('Ger|m');
});

test('a text inside a group keeps its caret', () => {
  const [before, after] = [{ address: { city: 'Lyon' } }, { address: { city: 'Grand Lyon' } }];
  expect(shown('address.city', 'Ly|on', before, after)).toBe('Grand Ly|on');
});
