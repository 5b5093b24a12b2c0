import { change, clone, free, from, merge, toJS, type Doc } from '@automerge/automerge';
import type { JsonObject, JsonValue } from 'backoffice-sync/merge';
import type { MergeContestant } from './mergeContestant.ts';
import type { Edit } from './mergeTask.ts';

type Team = Record<string, JsonValue>;

/**
 * Automerge as in a program whose documents stay in memory: both sides exist. Measured is what leads from there to the
 * merged record: the edits, the merge, and the record as JSON. No fork is made within the time, the stricter choice for us.
 */
export const automergeInMemory: MergeContestant = {
  name: 'automerge, documents in memory',
  goal: 'none',
  usesDocuments: true,
  prepare(task, merges) {
    const base = from(structuredClone(task.base) as Team);
    const sides = Array.from({ length: merges }, () => ({ mine: clone(base), theirs: clone(base) }));
    const opened: Doc<Team>[] = [base, ...sides.flatMap(({ mine, theirs }) => [mine, theirs])];
    return {
      run() {
        const next = sides.pop();
        if (next === undefined) throw new Error('More merges were run than were prepared.');
        return toJS(merge(edited(next.theirs, task.theirEdits), edited(next.mine, task.mineEdits)));
      },
      free: () => opened.forEach((document) => free(document)),
    };
  },
};

function edited(document: Doc<Team>, edits: readonly Edit[]): Doc<Team> {
  return change(document, (record) => edits.forEach((edit) => apply(record, edit)));
}

type Item = Record<string, unknown>;

function apply(record: Item, edit: Edit): void {
  if (edit.kind === 'set') {
    const parent = edit.path.slice(0, -1).reduce<unknown>(childOf, record) as Item;
    parent[edit.path.at(-1) ?? ''] = edit.value;
    return;
  }
  const list = record[edit.list] as Item[];
  if (edit.kind === 'remove') list.splice(indexOf(list, edit.id), 1);
  else list.splice(indexOf(list, edit.after) + 1, 0, structuredClone(edit.item) as JsonObject);
}

function childOf(value: unknown, token: string): unknown {
  return Array.isArray(value) ? value[indexOf(value as Item[], token)] : (value as Item)[token];
}

const indexOf = (list: readonly Item[], id: string): number => list.findIndex((item) => item['id'] === id);
