import type { JsonObject, JsonValue } from '../../shared/json.ts';
import {
  formatPointer,
  getAt,
  jsonEquals,
  parsePointer,
  type MergeConflict,
  type MergeOutcome,
} from '../../shared/merge/index.ts';
import { SyncError } from '../../shared/problem.ts';
import type { Conflict, FieldReceipt } from '../../shared/receipt.ts';
import type { FieldAuthor, StoredRecord } from '../log/advance.ts';
import type { Resource } from './defineResource.ts';
import type { MergeSides } from './mergeSides.ts';
import { namedFields } from './namedFields.ts';
import type { SaveRequest } from './saveRequest.ts';
import { withoutSecrets } from './withoutSecrets.ts';

interface ReceiptInput {
  readonly outcomes: readonly MergeOutcome[];
  readonly kept: readonly string[];
  readonly secrets: readonly string[];
  readonly sides: MergeSides;
  readonly stored: StoredRecord | null;
  readonly isProtected: (path: string) => boolean;
  /** What will be stored: a path that the protection put back was not set, whatever the merge said. */
  readonly merged: JsonObject;
  readonly request: SaveRequest;
}

/** The lines of a receipt: what the merge did per path, what stayed protected, and which sent fields were there already. */
export function receiptLines(input: ReceiptInput): readonly FieldReceipt[] {
  const { stored, request } = input;
  const isBlind = request.intent === 'update' && (request.base.kind === 'none' || request.base.kind === 'overrule');
  const lines: FieldReceipt[] = [];
  for (const outcome of input.outcomes) {
    if (input.isProtected(outcome.path) || isUnmentioned(input, outcome.path)) continue;
    const theirs = getAt(stored?.record ?? undefined, outcome.path);
    const author = authorOf(stored, outcome.path);
    if (outcome.status === 'merged') lines.push({ path: outcome.path, status: 'merged', ...author });
    else if (outcome.status === 'applied' && isPutBack(input, outcome.path, theirs)) continue;
    else if (outcome.status === 'same') lines.push({ path: outcome.path, status: 'unchanged' });
    else if (isBlind && theirs !== undefined && !isGrown(input, outcome.path))
      lines.push({ path: outcome.path, status: 'overwrote', theirs, ...author });
    else lines.push({ path: outcome.path, status: 'applied' });
  }
  for (const path of input.kept) lines.push({ path, status: 'kept' });
  for (const name of input.secrets) lines.push({ path: `/${name}`, status: 'applied' });
  return [...lines, ...untouched(input, lines)];
}

/** The 409 of a collision: what each side has, who and when, and the record to base the next try on. */
export function conflictProblem(
  resource: Resource,
  conflicts: readonly MergeConflict[],
  stored: StoredRecord | null,
): SyncError {
  const told = conflicts.map((conflict): Conflict => {
    const author = authorOf(stored, conflict.path);
    return { ...conflict, author: author?.by ?? null, at: author?.at ?? null };
  });
  return new SyncError(
    'CONFLICT',
    'Nothing was saved. Show both versions, let a person choose, and send the choice again with "current" as "$base".',
    {
      extensions: {
        conflicts: told as never,
        current: stored?.record ? withoutSecrets(resource, stored.record) : null,
      },
    },
  );
}

/** True where what stands there after the save is what stood there before, although the save wanted something else. */
function isPutBack({ merged, kept }: ReceiptInput, path: string, theirs: JsonValue | undefined): boolean {
  return (
    kept.some((keptPath) => keptPath === path || keptPath.startsWith(`${path}/`)) &&
    jsonEquals(getAt(merged, path), theirs)
  );
}

/** A list that only grows: what was there is there still. */
function isGrown({ request }: ReceiptInput, path: string): boolean {
  return request.resource.classes.appendOnly.some((pointer) => path === pointer || path.startsWith(`${pointer}/`));
}

/** A field that neither the form nor its base speaks of: whoever set it, it is no news about this save. */
function isUnmentioned({ request, sides }: ReceiptInput, path: string): boolean {
  const name = parsePointer(path)?.[0];
  return request.base.kind === 'values' && name !== undefined && !(name in sides.base) && !(name in sides.mine);
}

/** Sent fields that no outcome names: the stored record had their value already. */
function untouched(input: ReceiptInput, lines: readonly FieldReceipt[]): readonly FieldReceipt[] {
  const told = new Set(lines.map((line) => parsePointer(line.path)?.[0]));
  return [...new Set(namedFields(input.request.body))]
    .filter((name) => !told.has(name) && !input.isProtected(formatPointer([name])))
    .map((name) => ({ path: formatPointer([name]), status: 'unchanged' }));
}

function authorOf(stored: StoredRecord | null, path: string): { by: string; at: string } | undefined {
  const name = parsePointer(path)?.[0];
  const author: FieldAuthor | undefined =
    name !== undefined && stored !== null && Object.hasOwn(stored.authors, name) ? stored.authors[name] : undefined;
  return author && { by: author.name, at: new Date(author.at).toISOString() };
}
