import { describe, expect, test } from 'vitest';
import { decideConflicts, type ConflictDecision } from '../../../backoffice/panel/conflict/decideConflicts.ts';
import { createFieldBases } from '../../../backoffice/panel/form/createFieldBases.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { field } from '../../helpers/panelStandInResources.ts';

const fields = [
  field('address', 'group', ['Address', 'Adresse'], {
    fields: [field('street', 'text', ['Street', 'Rue']), field('city', 'text', ['City', 'Ville'])],
  }),
];
const conflict = { path: '/address/city', mine: 'Mine', theirs: 'Theirs', author: null, at: null };

/** What the next save sends after a conflict in a group that neither side had before. */
function decided(decisions: ReadonlyMap<string, ConflictDecision>): unknown {
  const bases = createFieldBases(fields, { id: 'main', version: 1 });
  let values: JsonObject = { address: { street: 'Mine', city: 'Mine' } };
  bases.follow('address', values['address']);
  bases.receive({ id: 'main', version: 2, address: { city: 'Theirs' } }, values);
  const set = (name: string, value: JsonObject[string]) => {
    values = { ...values, [name]: value };
    bases.follow(name, value);
  };
  decideConflicts({ bases, values: () => values, set } as never, fields, [conflict as never], decisions);
  return bases.send(values);
}

describe('a conflict in a group that did not exist', () => {
  test('is over after keeping mine, since the next save is based on what is stored there', () => {
    expect(decided(new Map())).toEqual({
      data: { address: { street: 'Mine', city: 'Mine' } },
      base: { address: { city: 'Theirs' } },
      unset: [],
    });
  });

  test('is over after going back to the original, which takes the field away', () => {
    expect(decided(new Map([['/address/city', { value: undefined }]]))).toMatchObject({
      base: { address: { city: 'Theirs' } },
      unset: ['/address/city'],
    });
  });
});
