import { describe, expect, test } from 'vitest';
import { createFieldBases } from '../../../backoffice/panel/form/createFieldBases.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { field } from '../../helpers/panelStandInResources.ts';

const fields = [
  field('name', 'text', ['Name', 'Nom']),
  field('phone', 'phone', ['Phone', 'Téléphone']),
  field('fax', 'phone', ['Fax', 'Fax'], { nullable: true }),
  field('links', 'list', ['Links', 'Liens'], {
    fields: [field('id', 'text', ['Id', 'Id']), field('note', 'text', ['Note', 'Note'])],
  }),
];
const record: JsonObject = { id: 'main', version: 1, name: 'A', phone: '1', fax: '2', links: [] };
const values = (changed: JsonObject): JsonObject => ({ name: 'A', phone: '1', fax: '2', links: [], ...changed });

describe('what a field is based on', () => {
  test('the base is the value that was stored when the field became dirty, whatever is stored later', () => {
    const bases = createFieldBases(fields, record);
    bases.follow('name', 'Mine');
    bases.receive({ ...record, version: 2, name: 'Theirs' }, values({ name: 'Mine' }));
    expect(bases.send(values({ name: 'Mine' }))).toEqual({ data: { name: 'Mine' }, base: { name: 'A' }, unset: [] });
  });

  test('a field that nobody touched follows the server, and is based on what it then shows', () => {
    const bases = createFieldBases(fields, record);
    const updates = bases.receive({ ...record, version: 2, name: 'Theirs' }, values({}));
    expect(updates).toEqual([{ name: 'name', value: 'Theirs', kept: false }]);
    bases.follow('name', 'Mine');
    expect(bases.send(values({ name: 'Mine' })).base).toEqual({ name: 'Theirs' });
  });

  test('typing that passes through what a colleague stored is still based on what the form was loaded with', () => {
    const bases = createFieldBases(fields, record);
    bases.follow('phone', '19');
    bases.receive({ ...record, version: 2, phone: '' }, values({ phone: '19' }));
    bases.follow('phone', '');
    expect(bases.dirty().size).toBe(0);
    bases.follow('phone', '0123');
    expect(bases.send(values({ phone: '0123' }))).toEqual({ data: { phone: '0123' }, base: { phone: '1' }, unset: [] });
  });

  test('what is typed after the echo of our own save is based on that save', () => {
    const bases = createFieldBases(fields, record);
    bases.follow('phone', '12');
    bases.send(values({ phone: '12' }));
    bases.receive({ ...record, version: 2, phone: '12' }, values({ phone: '12' }));
    bases.follow('phone', '123');
    expect(bases.send(values({ phone: '123' })).base).toEqual({ phone: '12' });
  });

  test('typing on in a list while its save is on its way is seen, although the form writes into its own list', () => {
    const bases = createFieldBases(fields, record);
    const item = { id: 'l', note: 'a' };
    const typed = values({ links: [item] });
    bases.follow('links', typed['links']);
    bases.send(typed);
    item.note = 'ab';
    const answer = { ...record, version: 2, links: [{ id: 'l', note: 'a' }] };
    expect(bases.answered(answer, typed)).toEqual([]);
    expect([...bases.dirty()]).toEqual(['links']);
    expect(bases.send(typed).base).toEqual({ links: [{ id: 'l', note: 'a' }] });
  });

  test('a field that is typed back is not sent', () => {
    const bases = createFieldBases(fields, record);
    bases.follow('name', 'Mine');
    bases.follow('name', 'A');
    expect(bases.dirty().size).toBe(0);
  });

  test('an older record changes nothing', () => {
    const bases = createFieldBases(fields, { ...record, version: 5 });
    expect(bases.receive({ ...record, version: 4, name: 'Old' }, values({}))).toEqual([]);
    expect(bases.stored().name).toBe('A');
  });

  test('text that was typed on during a save is based on what that save said', () => {
    const bases = createFieldBases(fields, record);
    bases.follow('name', 'B');
    bases.send(values({ name: 'B' }));
    bases.follow('name', 'BC');
    bases.answered({ ...record, version: 2, name: 'B' }, values({ name: 'BC' }));
    expect(bases.send(values({ name: 'BC' }))).toMatchObject({ data: { name: 'BC' }, base: { name: 'B' } });
  });

  test('the echo of an own save is not told as somebody else’s change', () => {
    const bases = createFieldBases(fields, record);
    bases.follow('name', 'B');
    bases.send(values({ name: 'B' }));
    bases.follow('name', 'BC');
    expect(bases.receive({ ...record, version: 2, name: 'B' }, values({ name: 'BC' }))).toEqual([]);
  });

  test('an emptied field is removed when it is optional, and null when it may be', () => {
    const bases = createFieldBases(fields, record);
    bases.follow('phone', '');
    bases.follow('fax', '');
    expect(bases.send(values({ phone: '', fax: '' }))).toEqual({
      data: { fax: null },
      base: { phone: '1', fax: '2' },
      unset: ['/phone'],
    });
  });

  test('a field that holds what a colleague stored keeps its base while another field is saved', () => {
    const bases = createFieldBases(fields, record);
    bases.follow('phone', '19');
    bases.receive({ ...record, version: 2, phone: '' }, values({ phone: '19' }));
    bases.follow('phone', '');
    bases.follow('name', 'Mine');
    bases.send(values({ name: 'Mine', phone: '' }));
    bases.answered({ ...record, version: 3, name: 'Mine', phone: '' }, values({ name: 'Mine', phone: '' }));
    bases.follow('phone', '0123');
    expect(bases.baseOf('phone')).toBe('1');
  });

  test('a field that turns out to hold what was stored meanwhile keeps its base when the save of another is answered', () => {
    const bases = createFieldBases(fields, record);
    bases.follow('name', 'Mine');
    bases.send(values({ name: 'Mine' }));
    bases.follow('phone', '19');
    bases.answered({ ...record, version: 3, name: 'Mine', phone: '19' }, values({ name: 'Mine', phone: '19' }));
    bases.follow('phone', '190');
    expect(bases.baseOf('phone')).toBe('1');
  });

  test('a field that passed through what a colleague stored, and then shows what he stores next, is based on that', () => {
    const bases = createFieldBases(fields, record);
    bases.follow('phone', '19');
    bases.receive({ ...record, version: 2, phone: '' }, values({ phone: '19' }));
    bases.follow('phone', '');
    expect(bases.receive({ ...record, version: 3, phone: '7' }, values({ phone: '' }))).toEqual([
      { name: 'phone', value: '7', kept: false },
    ]);
    bases.follow('phone', '77');
    expect(bases.baseOf('phone')).toBe('7');
  });

  test('an emptied field of an item is named by the key of the item', () => {
    const bases = createFieldBases(fields, { ...record, links: [{ id: 'a', note: 'x' }] });
    const links = [{ id: 'a', note: '' }];
    bases.follow('links', links);
    expect(bases.send(values({ links }))).toMatchObject({
      data: { links: [{ id: 'a' }] },
      unset: ['/links/[id=a]/note'],
    });
  });
});
