import { expect, test } from 'vitest';
import { restoreProtected, type JsonValue } from 'backoffice-sync/merge';
import { deepFreeze } from './deepFreeze.ts';

const stored = deepFreeze({ notes: [{ author: 'a', text: 'x' }, { author: 'b', text: 'y' }] }); // prettier-ignore
const paths = ['/notes/*/author'];

test.each([[{ notes: [] }], [{ notes: null }], [{ notes: 'none' }], [{ notes: { author: 'c' } }], [{}]])(
  'a list without keys that holds protected fields stays as it is stored when %j comes instead',
  (incoming: JsonValue) => {
    const { record, kept } = restoreProtected({ stored, incoming, paths, isWhole: true });
    expect(record).toEqual(stored);
    expect(kept).toEqual(['/notes']);
  },
);

test('a list that holds nothing protected can be emptied, and the record that came is given back itself', () => {
  const incoming = deepFreeze({ notes: [] });
  expect(restoreProtected({ stored: { notes: ['free'] }, incoming, paths }).record).toBe(incoming);
});
