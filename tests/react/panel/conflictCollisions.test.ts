import { describe, expect, test } from 'vitest';
import { findCollisions } from '../../../backoffice/panel/conflict/findCollisions.ts';
import { openConflicts } from '../../../backoffice/panel/conflict/openConflicts.ts';
import { createFieldBases } from '../../../backoffice/panel/form/createFieldBases.ts';
import type { JsonObject } from '../../../shared/json.ts';
import type { Conflict } from '../../../shared/receipt.ts';
import { field } from '../../helpers/panelStandInResources.ts';

const words = ['', ''] as const;
const fields = [
  field('name', 'text', words),
  field('story', 'longText', words),
  field('phone', 'phone', words),
  field('key', 'text', words, { class: 'secret' }),
  field('rooms', 'list', words, { fields: [field('number', 'text', words)] }),
  field('links', 'list', words, { fields: [field('id', 'text', words), field('url', 'url', words)] }),
];
const loaded: JsonObject = {
  version: 1,
  name: 'name',
  story: 'one\n\ntwo\n\nthree',
  phone: '1',
  key: null,
  rooms: [{ number: 'a' }],
  links: [
    { id: 'l1', url: 'https://one' },
    { id: 'l2', url: 'https://two' },
  ],
};

/** A form with these edits under which a colleague stores these fields; the save was compared with `since`. */
function collisions(mine: JsonObject, theirs: JsonObject, known: readonly string[] = [], since = loaded) {
  const bases = createFieldBases(fields, loaded);
  const held: JsonObject = { ...loaded, ...mine };
  for (const [name, value] of Object.entries(mine)) bases.follow(name, value);
  bases.receive({ ...loaded, ...theirs, version: 2 }, held);
  const listed = known.map((path): Conflict => ({ path, author: null, at: null }));
  return findCollisions({ bases, values: () => held }, fields, listed, since).map(({ path }) => path);
}

describe('collisions that are found while the dialog of conflicts is open', () => {
  test('a field that both changed is one, a field that one side changed is none', () => {
    expect(collisions({ name: 'mine', phone: '2' }, { name: 'theirs' })).toEqual(['/name']);
    expect(collisions({ name: 'mine' }, { phone: '3' })).toEqual([]);
  });

  test('an item of a list is one by itself', () => {
    const links = (one: string, two: string) => [
      { id: 'l1', url: one },
      { id: 'l2', url: two },
    ];
    const found = collisions({ links: links('https://mine', 'https://two') }, { links: links('https://theirs', 'x') });
    expect(found).toEqual(['/links/[id=l1]/url']);
  });

  test('what is known, or was compared by the refused save already, is none', () => {
    expect(collisions({ name: 'mine' }, { name: 'theirs' }, ['/name'])).toEqual([]);
    expect(collisions({ name: 'mine' }, { name: 'theirs' }, [], { ...loaded, name: 'theirs' })).toEqual([]);
  });

  test('what the server may merge is left to the server', () => {
    expect(collisions({ story: 'one of mine\n\ntwo\n\nthree' }, { story: 'one\n\ntwo\n\nthree of theirs' })).toEqual(
      [],
    );
    expect(collisions({ rooms: [{ number: 'b' }] }, { rooms: [{ number: 'c' }] })).toEqual([]);
    expect(collisions({ key: 'mine' }, { key: 'unread' })).toEqual([]);
  });

  test('a text in which one line collides is one', () => {
    expect(collisions({ story: 'mine\n\ntwo\n\nthree' }, { story: 'theirs\n\ntwo\n\nthree of theirs' })).toEqual([
      '/story',
    ]);
  });
});

describe('a conflict as it is now', () => {
  const refused: Conflict = {
    path: '/name',
    base: 'name',
    mine: 'mine',
    theirs: 'theirs',
    author: 'Bruno',
    at: '2026',
  };
  const now = (theirs: string, authors = new Map<string, { by: string; at: string }>()) => {
    const bases = createFieldBases(fields, loaded);
    const held = { ...loaded, name: 'mine' };
    bases.follow('name', 'mine');
    bases.receive({ ...loaded, name: theirs, version: 2 }, held);
    return openConflicts([refused], fields, { bases, values: () => held }, authors)[0];
  };

  test('has the author of what is stored, and none where nobody said who stored it', () => {
    expect(now('theirs')).toMatchObject({ author: 'Bruno', theirs: 'theirs' });
    expect(now('later')).toMatchObject({ author: null, at: null, theirs: 'later' });
    expect(now('later', new Map([['name', { by: 'Chloé', at: '2027' }]]))).toMatchObject({ author: 'Chloé' });
  });

  test('is over when both sides say the same', () => {
    expect(now('theirs')?.isOver).toBe(false);
    expect(now('mine')?.isOver).toBe(true);
  });

  test('is over at its own place, whatever else of the field is edited', () => {
    const bases = createFieldBases(fields, loaded);
    const links = (one: string, two: string) => [
      { id: 'l1', url: one },
      { id: 'l2', url: two },
    ];
    const held = { ...loaded, links: links('https://same', 'https://mine') };
    bases.follow('links', held.links);
    bases.receive({ ...loaded, links: links('https://same', 'https://two'), version: 2 }, held);
    const inner = (path: string) =>
      openConflicts([{ ...refused, path }], fields, { bases, values: () => held }, new Map())[0]?.isOver;
    expect([inner('/links/[id=l1]/url'), inner('/links/[id=l2]/url')]).toEqual([true, false]);
  });
});
