/** JSON Patch. */
import { isJsonObject, type JsonValue } from '../json.ts';
import { jsonEquals } from './jsonEquals.ts';
import { parseOperation, type ParsedOperation } from './jsonPatchOperation.ts';
import { createDraft, type PatchDraft } from './patchDraft.ts';
import { formatPointer } from './pointer.ts';

/** Bounds on what a patch may ask for. */
export interface JsonPatchOptions {
  /** More operations than this are refused. Default 1000. */
  readonly maxOperations?: number;
  /** All values that `copy` makes together, counted with everything inside them; long text counts once more per 64 characters. Default 100,000. */
  readonly maxCopiedValues?: number;
}

/**
 * The new document, or the operation at fault.
 *
 * syntax  it is no valid operation    path  its target does not exist    test  the document has another value there
 */
export type JsonPatchResult =
  | { readonly ok: true; readonly value: JsonValue }
  | {
      readonly ok: false;
      readonly index: number;
      readonly reason: 'syntax' | 'path' | 'test';
      readonly message: string;
    };

/**
 * The document after a JSON Patch: all of it, or none.
 *
 * Shape   a `test` of a place that does not exist fails as a test; the whole document can be replaced but not removed
 * Limits  inputs are never changed; `copy` is bounded because a few dozen of them can double a document beyond any memory
 * Source  RFC 6902
 */
export function applyJsonPatch(
  document: JsonValue,
  operations: unknown,
  options: JsonPatchOptions = {},
): JsonPatchResult {
  const { maxOperations = 1000, maxCopiedValues = 100_000 } = options;
  if (!Array.isArray(operations)) return refuse(0, 'syntax', 'A JSON Patch has to be a list of operations.');
  if (operations.length > maxOperations) {
    return refuse(
      maxOperations,
      'syntax',
      `A JSON Patch may have ${maxOperations} operations, this one has ${operations.length}.`,
    );
  }
  const draft = createDraft(document);
  let copiesLeft = maxCopiedValues;
  for (const [index, input] of operations.entries()) {
    const operation = parseOperation(input);
    if (typeof operation === 'string') return refuse(index, 'syntax', operation);
    if (operation.op === 'test') {
      if (jsonEquals(draft.find(operation.path), operation.value)) continue;
      return refuse(index, 'test', `"${formatPointer(operation.path)}" has another value.`);
    }
    if (operation.op === 'copy') {
      copiesLeft -= countValues(draft.find(operation.from), copiesLeft);
      if (copiesLeft < 0) return refuse(index, 'syntax', `All copies together may hold ${maxCopiedValues} values.`);
    }
    const missing = apply(draft, operation);
    if (missing !== undefined) return refuse(index, 'path', `"${formatPointer(missing)}" does not exist.`);
  }
  return { ok: true, value: draft.find([]) as JsonValue };
}

/** Gives back the path that does not exist, if any. */
function apply(draft: PatchDraft, operation: Exclude<ParsedOperation, { op: 'test' }>): readonly string[] | undefined {
  const { path } = operation;
  switch (operation.op) {
    case 'add':
      return draft.add(path, operation.value) ? undefined : path;
    case 'remove':
      return draft.remove(path) ? undefined : path;
    case 'replace':
      return draft.replace(path, operation.value) ? undefined : path;
    case 'copy':
    case 'move': {
      const value = draft.find(operation.from);
      if (value === undefined) return operation.from;
      if (operation.op === 'copy') draft.shareAll();
      // Moving onto itself is allowed, also for the whole document, which could not be removed first.
      else if (formatPointer(path) === formatPointer(operation.from)) return undefined;
      else if (!draft.remove(operation.from)) return operation.from;
      return draft.add(path, value) ? undefined : path;
    }
  }
}

function refuse(index: number, reason: 'syntax' | 'path' | 'test', message: string): JsonPatchResult {
  return { ok: false, index, reason, message };
}

/** Text this long counts as one value more: a thousand copies of one long text are as large as a thousand values. */
const textPerValue = 64;

/** Stops as soon as the limit is passed: copies share parts, so that the count can be far larger than the memory. */
function countValues(value: JsonValue | undefined, limit: number): number {
  const pending: JsonValue[] = value === undefined ? [] : [value];
  let count = 0;
  for (let next = pending.pop(); next !== undefined && count <= limit; next = pending.pop()) {
    count += typeof next === 'string' ? 1 + Math.floor(next.length / textPerValue) : 1;
    if (Array.isArray(next)) for (const item of next) pending.push(item);
    else if (isJsonObject(next)) for (const name of Object.keys(next)) pending.push(next[name] as JsonValue);
  }
  return count;
}
