import { describe, expect, test } from 'vitest';
import { editsOfSave, openOnes } from '../../../backoffice/panel/drafts/typedEdits.ts';
import { withoutSecrets } from '../../../backoffice/panel/drafts/withoutSecrets.ts';
import { createFieldBases } from '../../../backoffice/panel/form/createFieldBases.ts';
import type { FieldDescription } from '../../../shared/resource.ts';
import type { OpenEdit } from '../../../backoffice/panel/form/carriedEdits.ts';
import type { JsonObject, JsonValue } from '../../../shared/json.ts';

const field = (name: string, more: Partial<FieldDescription> = {}): FieldDescription => ({
  name,
  kind: 'text',
  label: { en: name, fr: name },
  required: false,
  nullable: false,
  ...more,
});
const fields = [
  field('name'),
  field('role'),
  field('key', { class: 'secret' }),
  field('links', { kind: 'list', fields: [field('url'), field('token', { class: 'secret' })] }),
];
const stored: JsonObject = { version: 4, name: 'Ada', role: 'of theirs', links: [] };
const edit = (value: JsonValue, base: JsonValue): OpenEdit => ({ value, base });

describe('edits that were typed earlier', () => {
  test('are based in a form on what they were typed on, not on what is stored by now', () => {
    const bases = createFieldBases(fields, stored);
    expect(bases.take(new Map([['role', edit('of mine', 'before both')]]))).toMatchObject([{ value: 'of mine' }]);
    expect(bases.send({ role: 'of mine' })).toEqual({
      data: { role: 'of mine' },
      base: { role: 'before both' },
      unset: [],
    });
  });

  test('leave what is being typed in the form as it is', () => {
    const bases = createFieldBases(fields, stored);
    bases.follow('role', 'typed now');
    expect(bases.take(new Map([['role', edit('typed then', 'before both')]]))).toEqual([]);
    expect(bases.baseOf('role')).toBe('of theirs');
  });

  test('say nothing where the same is stored by now, or stands in the form', () => {
    const bases = createFieldBases(fields, stored);
    bases.follow('name', 'Ada L.');
    const edits = new Map([
      ['role', edit('of theirs', 'before')],
      ['name', edit('Ada L.', 'before')],
    ]);
    const values = () => ({ name: 'Ada L.', role: 'of theirs' });
    expect([...openOnes(fields, edits, { bases, values }).keys()]).toEqual([]);
    expect([...openOnes(fields, new Map([['name', edit('Ada M.', 'before')]]), { bases, values }).keys()]).toEqual([
      'name',
    ]);
  });

  test('of a refused save are what it sends on what that started from, with what it takes away', () => {
    const sends = { data: { role: 'of mine', key: 'k-1' }, base: { role: 'before', name: 'Ada' }, unset: ['/name'] };
    const save = {
      id: '1',
      url: '',
      method: 'PATCH',
      status: 'conflict',
      data: {},
      sends,
      addedAt: new Date(0),
    } as const;
    expect(editsOfSave(fields, save)).toEqual(
      new Map([
        ['name', { value: '', base: 'Ada' }],
        ['role', { value: 'of mine', base: 'before' }],
        ['key', { value: 'k-1', base: undefined }],
      ]),
    );
  });

  test('are kept without secrets, also without those inside of lists', () => {
    const edits = new Map([
      ['key', edit('k-1', '')],
      ['links', edit([{ url: 'u', token: 't-1' }], [])],
    ]);
    expect(withoutSecrets(fields, edits)).toEqual(new Map([['links', edit([{ url: 'u' }], [])]]));
  });
});
