import i18next from 'i18next';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { serverFault } from '../../../backoffice/panel/form/serverFault.ts';
import { changeLanguage, startLanguage } from '../../../backoffice/panel/language/startLanguage.ts';
import type { FieldDescription } from '../../../shared/resource.ts';
import { field } from '../../helpers/panelStandInResources.ts';

beforeEach(async () => {
  await startLanguage();
  // The words of faults come after the first screen.
  await changeLanguage('en');
});
afterEach(async () => {
  await changeLanguage('en');
  localStorage.clear();
});

const say = (code: string, about: FieldDescription) =>
  serverFault({ path: '/x', code, message: 'Too small: expected' }, about, i18next.t, String);
const number = field('x', 'number', ['X', 'X'], { minimum: 0, maximum: 9 });
const open = field('x', 'number', ['X', 'X']);
const tags = field('x', 'texts', ['X', 'X']);
const text = field('x', 'text', ['X', 'X']);

test('a number out of its range, a list of the wrong size and a text of the wrong length are said in English', () => {
  expect([say('too_small', number), say('too_big', number)]).toEqual(['Enter 0 or more.', 'Enter 9 or less.']);
  expect([say('too_small', open), say('too_big', open)]).toEqual(['Enter a larger number.', 'Enter a smaller number.']);
  expect([say('too_small', tags), say('too_big', tags)]).toEqual([
    'Add to this: there are too few.',
    'Remove some: there are too many.',
  ]);
  expect([say('too_small', text), say('too_big', text)]).toEqual(['Write more: this is too short.', 'Shorten this.']);
});

test('a number out of its range, a list of the wrong size and a text of the wrong length are said in French', async () => {
  await changeLanguage('fr');
  expect([say('too_small', number), say('too_big', number)]).toEqual(['Indiquez au moins 0.', 'Indiquez au plus 9.']);
  expect([say('too_small', open), say('too_big', open)]).toEqual([
    'Indiquez un nombre plus grand.',
    'Indiquez un nombre plus petit.',
  ]);
  expect([say('too_small', tags), say('too_big', tags)]).toEqual([
    'Complétez cette liste\u00a0: il n’y a pas assez d’éléments.',
    'Retirez des éléments\u00a0: il y en a trop.',
  ]);
  expect([say('too_small', text), say('too_big', text)]).toEqual([
    'Développez ce texte\u00a0: il est trop court.',
    'Raccourcissez ce texte.',
  ]);
});

test('a code that the panel has no words for is said as the server says it', () => {
  expect(say('custom', number)).toBe('Too small: expected');
});
