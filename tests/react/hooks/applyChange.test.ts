import { expect, it } from 'vitest';
import type { Change } from '../../../shared/change.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { applyChange, type ListRules } from '../../../backoffice/react/query/applyChange.ts';
import { rulesOf, type ResourceFilters } from '../../../backoffice/react/query/resource/resourceFilters.ts';

const rulesFor = (filters: ResourceFilters): ListRules => rulesOf({ queryKey: ['goals', filters] } as never);
const changeOf = (record: JsonObject & { readonly id: string; readonly version: number }, more: object = {}): Change => ({
  cursor: 'e:9', seq: 9, at: '', resource: 'goals', id: record.id, operation: 'updated', version: record.version, record,
  before: null, patch: [], actor: { id: 'ada', name: 'Ada', kind: 'admin' }, mutationId: null, notify: true, ...more,
}); // prettier-ignore

const row = { id: 'g1', version: 1, progress: 60 };

it('a list with an operator keeps a row that stays inside, loses one that leaves, and loads one that enters', () => {
  const rules = rulesFor({ filter: 'progress=gte.50' });
  const stays = { ...row, version: 2, progress: 70 };
  expect(applyChange([row], changeOf(stays), rules)).toEqual({ outcome: 'changed', data: [stays] });
  expect(applyChange([row], changeOf({ ...stays, progress: 40 }), rules)).toEqual({ outcome: 'changed', data: [] });
  expect(applyChange([], changeOf(stays), rules)).toEqual({ outcome: 'unknown' });
  expect(applyChange([], changeOf({ ...stays, progress: 40 }), rules)).toEqual({ outcome: 'same' });
});

it('a list of what is published is loaded again, and never shows the working state that a change tells', () => {
  expect(applyChange([row], changeOf({ ...row, version: 2 }), rulesFor({ view: 'published' }))).toEqual({
    outcome: 'unknown',
  });
});

it('counts of a version that is not shown yet bring the record with them, and older ones bring nothing', () => {
  const counted = changeOf({ id: 'g1', version: 2, progress: 70, views: 3 }, { counts: { views: 3 } });
  expect(applyChange([row], counted, rulesFor({}))).toEqual({ outcome: 'changed', data: [counted.record] });
  expect(applyChange([{ ...row, version: 3 }], counted, rulesFor({}))).toEqual({ outcome: 'same' });
  expect(applyChange([{ ...row, version: 2 }], counted, rulesFor({}))).toEqual({
    outcome: 'changed',
    data: [{ ...row, version: 2, views: 3 }],
  });
});
