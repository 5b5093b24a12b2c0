export type { JsonObject, JsonValue } from '../json.ts';
export { merge, type MergeOptions, type MergeResult } from './merge.ts';
export {
  type MergeConflict,
  type MergeOutcome,
  type MergeStatus,
  type MergeText,
  type TextSides,
} from './mergeReport.ts';
export { jsonEquals } from './jsonEquals.ts';
export { applyMergePatch } from './applyMergePatch.ts';
export { applyJsonPatch, type JsonPatchOptions, type JsonPatchResult } from './applyJsonPatch.ts';
export { type JsonPatchOperation } from './jsonPatchOperation.ts';
export { diff } from './diff.ts';
export { formatPointer, getAt, matchesPattern, parsePointer } from './pointer.ts';
export { restoreProtected, type RestoreOptions, type RestoreResult } from './restoreProtected.ts';
export { removedMembers } from './removedMembers.ts';
