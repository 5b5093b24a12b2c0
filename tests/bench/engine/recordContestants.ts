import { merge, type JsonObject, type JsonValue } from 'backoffice-sync/merge';
import jsonpatch from 'fast-json-patch';
import { create } from 'jsondiffpatch';
import type { MergeContestant } from './mergeContestant.ts';

/** The merge of the product. */
export const productMerge: MergeContestant = {
  name: 'ours',
  goal: 'none',
  prepare: ({ base, mine, theirs }) => ({ run: () => merge({ base, mine, theirs }).merged }),
};

/** No merge: what one copy of the record costs, to which everything is compared. */
export const recordCopy: MergeContestant = {
  name: 'structuredClone',
  goal: '<= 0.6',
  prepare: ({ merged }) => ({ run: () => structuredClone(merged) }),
};

/** Two JSON Patches and one copy to apply them to; it knows lists by index and sees no conflicts. */
export const fastJsonPatchMerge: MergeContestant = {
  name: 'fast-json-patch',
  goal: 'none',
  prepare: ({ base, mine, theirs }) => ({
    run() {
      const patches = [...jsonpatch.compare(base, mine), ...jsonpatch.compare(base, theirs)];
      return jsonpatch.applyPatch(jsonpatch.deepClone(base) as JsonObject, patches).newDocument;
    },
  }),
};

const byId = create({ objectHash: (item) => (item as { readonly id?: string }).id });

/** Two deltas, lists matched by id, and one copy to apply them to; it sees no conflicts. */
export const jsondiffpatchMerge: MergeContestant = {
  name: 'jsondiffpatch',
  goal: '>= 5',
  prepare: ({ base, mine, theirs }) => ({
    run() {
      const deltas = [byId.diff(base, mine), byId.diff(base, theirs)];
      return deltas.reduce<unknown>((copy, delta) => byId.patch(copy, delta), jsonpatch.deepClone(base)) as JsonValue;
    },
  }),
};
