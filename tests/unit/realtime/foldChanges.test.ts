import { describe, expect, it } from 'vitest';
import { withoutFields } from '../../../backend/log/withoutFields.ts';
import type { Change, Operation } from '../../../shared/change.ts';
import { foldChanges } from '../../../shared/foldChanges.ts';

const told = (operation: Operation, version: number): Change => ({
  cursor: `e:${version}`,
  seq: version,
  at: '2026-01-01T00:00:00.000Z',
  resource: 'reviews',
  id: 'r1',
  operation,
  version,
  record: operation === 'deleted' ? null : { id: 'r1', version },
  before: operation === 'created' ? null : { id: 'r1', version: version - 1 },
  patch: [],
  actor: { id: 'api', name: 'API', kind: 'api' },
  mutationId: null,
  notify: true,
});

describe('changes of one record that are told as one', () => {
  it.each([
    ['created', 'updated', 'created'],
    ['updated', 'updated', 'updated'],
    ['deleted', 'created', 'updated'],
    ['created', 'deleted', 'deleted'],
    ['updated', 'deleted', 'deleted'],
  ] as const)('%s and %s are %s, with the fields or without', (first, last, operation) => {
    const [one, two] = [told(first, 1), told(last, 2)];
    expect(foldChanges(one, two)).toMatchObject({ operation, version: 2, record: two.record });
    const untold = { operation, version: 2, record: null, before: null, patch: [] };
    expect(foldChanges(withoutFields(one), withoutFields(two))).toMatchObject(untold);
  });

  it('are a creation for who lost sight of the record and sees it again: what it was before was not told', () => {
    const left: Change = { ...told('deleted', 1), before: null };
    expect(foldChanges(left, told('created', 2))).toMatchObject({ operation: 'created', before: null });
  });

  it('stay what they are when more than two come together', () => {
    const many = [told('created', 1), told('updated', 2), told('updated', 3)].map(withoutFields);
    expect(many.reduce(foldChanges)).toMatchObject({ operation: 'created', version: 3 });
  });
});
