import { expect, test } from 'vitest';
import { merge, restoreProtected, type JsonValue } from 'backoffice-sync/merge';
import { isObject } from '../../laws/plainJson.ts';
import { deepFreeze } from './deepFreeze.ts';
import { readCorpus } from './readCorpus.ts';

interface MergeCase {
  readonly base: JsonValue;
  readonly mine: JsonValue;
  readonly theirs: JsonValue;
  readonly protect?: readonly string[];
  readonly order: 'exact' | 'any';
  readonly expect: { readonly merged: JsonValue; readonly conflicts: readonly string[] };
}

test.each(readCorpus<MergeCase>('merge3.json'))('the merge agrees with the independent reference: $name', (entry) => {
  const { base, theirs } = deepFreeze({ base: entry.base, theirs: entry.theirs });
  const incoming = deepFreeze(entry.mine);
  const mine = deepFreeze(restoreProtected({ stored: theirs, incoming, paths: entry.protect ?? [] }).record);
  const { merged, conflicts } = merge({ base, mine, theirs });
  const compared = entry.order === 'exact' ? (value: JsonValue) => value : sortByKey;
  expect(compared(merged)).toEqual(compared(entry.expect.merged));
  expect(conflicts.map((conflict) => conflict.path).sort()).toEqual(entry.expect.conflicts);
});

/** Keyed lists as sets, which is what a case without an exact order asks for. */
function sortByKey(value: JsonValue): JsonValue {
  if (Array.isArray(value)) {
    const items = value.map(sortByKey);
    const idOf = (item: JsonValue) => (isObject(item) && item['id'] !== undefined ? String(item['id']) : undefined);
    if (items.some((item) => idOf(item) === undefined)) return items;
    return items.sort((a, b) => ((idOf(a) ?? '') < (idOf(b) ?? '') ? -1 : 1));
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, sortByKey(member)]));
}
