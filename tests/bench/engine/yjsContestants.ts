import type { JsonObject, JsonValue } from 'backoffice-sync/merge';
import { applyUpdate, Array as YArray, Doc, encodeStateAsUpdate, encodeStateVector, Map as YMap } from 'yjs';
import type { MergeContestant } from './mergeContestant.ts';
import type { Edit, MergeTask } from './mergeTask.ts';

/**
 * Yjs as in a program whose documents stay in memory: both sides exist. Measured is what leads from there to the merged
 * record: the edits, the exchange of the two updates, and the record as JSON.
 *
 * The stricter choice for us: no document is made within the time, and the edits are given instead of looked for.
 */
export const yjsInMemory: MergeContestant = {
  name: 'yjs, documents in memory',
  goal: '>= 5',
  usesDocuments: true,
  prepare(task, merges) {
    const stored = encodeStateAsUpdate(documentOf(task.base));
    const sides = Array.from({ length: merges }, () => ({ mine: open(stored), theirs: open(stored) }));
    return { run: () => mergeSides(task, sides.pop()) };
  },
};

/** Yjs as in a program that stores its documents: both sides are read from their bytes, then as above. */
export const yjsFromBytes: MergeContestant = {
  name: 'yjs, stored documents',
  goal: '>= 5',
  prepare(task) {
    const stored = encodeStateAsUpdate(documentOf(task.base));
    return { run: () => mergeSides(task, { mine: open(stored), theirs: open(stored) }) };
  },
};

interface Sides {
  readonly mine: Doc;
  readonly theirs: Doc;
}

function open(stored: Uint8Array): Doc {
  const document = new Doc();
  applyUpdate(document, stored);
  return document;
}

function mergeSides(task: MergeTask, sides: Sides | undefined): JsonValue {
  if (sides === undefined) throw new Error('More merges were run than were prepared.');
  const { mine, theirs } = sides;
  mine.transact(() => task.mineEdits.forEach((edit) => apply(mine, edit)));
  theirs.transact(() => task.theirEdits.forEach((edit) => apply(theirs, edit)));
  const fromMine = encodeStateAsUpdate(mine, encodeStateVector(theirs));
  applyUpdate(mine, encodeStateAsUpdate(theirs, encodeStateVector(mine)));
  applyUpdate(theirs, fromMine);
  return theirs.getMap().toJSON();
}

function documentOf(record: JsonObject): Doc {
  const document = new Doc();
  document.transact(() => {
    for (const [name, value] of Object.entries(record)) document.getMap().set(name, shared(value));
  });
  return document;
}

/** Objects and lists of objects as shared types, so that edits of their fields merge; everything else as it is. */
function shared(value: JsonValue): unknown {
  if (Array.isArray(value)) {
    if (value.some((item) => typeof item !== 'object')) return value;
    return YArray.from(value.map(shared) as YMap<unknown>[]);
  }
  if (typeof value !== 'object' || value === null) return value;
  return new YMap(Object.entries(value).map(([name, member]): [string, unknown] => [name, shared(member)]));
}

function apply(document: Doc, edit: Edit): void {
  const top = document.getMap();
  if (edit.kind === 'set') {
    const parent = edit.path.slice(0, -1).reduce<unknown>(childOf, top) as YMap<unknown>;
    parent.set(edit.path.at(-1) ?? '', edit.value);
    return;
  }
  const list = top.get(edit.list) as YArray<YMap<unknown>>;
  if (edit.kind === 'remove') list.delete(indexOf(list, edit.id));
  else list.insert(indexOf(list, edit.after) + 1, [shared(edit.item) as YMap<unknown>]);
}

function childOf(value: unknown, token: string): unknown {
  if (value instanceof YArray) return value.get(indexOf(value as YArray<YMap<unknown>>, token));
  return (value as YMap<unknown>).get(token);
}

function indexOf(list: YArray<YMap<unknown>>, id: string): number {
  return list.toArray().findIndex((item) => item.get('id') === id);
}
