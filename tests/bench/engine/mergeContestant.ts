import type { JsonValue } from 'backoffice-sync/merge';
import type { MergeTask } from './mergeTask.ts';

/** One way to merge; what it prepares is not measured, what it runs is. */
export interface MergeContestant {
  readonly name: string;
  /** What the ratio to it is wanted to be. */
  readonly goal: string;
  /** It prepares a document for each merge, because a merge changes it. */
  readonly usesDocuments?: boolean;
  /** Makes ready for this many merges of one task. */
  prepare(task: MergeTask, merges: number): PreparedMerges;
}

/** Merges that are ready to run. */
export interface PreparedMerges {
  /** Does one of them and gives the merged record. */
  run(): JsonValue;
  /** Lets go of memory that is not collected by itself. */
  free?(): void;
}
