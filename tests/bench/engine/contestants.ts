import { automergeInMemory } from './automergeContestant.ts';
import type { MergeContestant } from './mergeContestant.ts';
import { fastJsonPatchMerge, jsondiffpatchMerge, productMerge, recordCopy } from './recordContestants.ts';
import { yjsFromBytes, yjsInMemory } from './yjsContestants.ts';

/** The merge that is measured. */
export const ours: MergeContestant = productMerge;

/** What it is measured in: one copy of the record. */
export const copy: MergeContestant = recordCopy;

/** All who are measured. */
export const contestants: readonly MergeContestant[] = [
  ours,
  copy,
  fastJsonPatchMerge,
  jsondiffpatchMerge,
  yjsInMemory,
  yjsFromBytes,
  automergeInMemory,
];
