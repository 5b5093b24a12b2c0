/** Taking one edit back under what was changed since. */
import type { JsonValue } from '../../../shared/json.ts';
import { getAt } from '../../../shared/merge/pointer.ts';
import { jsonEquals } from '../../../shared/merge/jsonEquals.ts';
import { merge } from '../../../shared/merge/merge.ts';
import { removedMembers } from '../../../shared/merge/removedMembers.ts';
import { moveCaret } from '../form/moveCaret.ts';

/** One field at the top of a form, before and after an edit. */
export interface EditedField {
  readonly name: string;
  readonly before: JsonValue;
  readonly after: JsonValue;
}

/**
 * The field as it would be without the edit: what others have changed in it since stays.
 *
 * Shape   undefined where both touched the same words or the same item, so that going back would take away what is not ours
 */
export function revertStep({ before, after }: EditedField, current: JsonValue): JsonValue | undefined {
  if (jsonEquals(current, after)) return before;
  if (typeof before === 'string' && typeof after === 'string' && typeof current === 'string')
    return revertText(before, after, current);
  const { merged, conflicts } = merge({
    base: { value: after },
    mine: { value: before },
    theirs: { value: current },
    unset: removedMembers({ value: after }, { value: before }),
  });
  return conflicts.length > 0 ? undefined : getAt(merged, '/value');
}

/** Where two texts differ: from `start` to `endBefore` in the first, and to `endAfter` in the second. */
export function differenceOf(
  before: string,
  after: string,
): { readonly start: number; readonly endBefore: number; readonly endAfter: number } {
  const limit = Math.min(before.length, after.length);
  let start = 0;
  while (start < limit && before[start] === after[start]) start++;
  let same = 0;
  while (same < limit - start && before[before.length - 1 - same] === after[after.length - 1 - same]) same++;
  return { start, endBefore: before.length - same, endAfter: after.length - same };
}

function revertText(before: string, after: string, current: string): string | undefined {
  const { start, endBefore, endAfter } = differenceOf(before, after);
  const typed = after.slice(start, endAfter);
  const from = moveCaret(after, current, start);
  const to = moveCaret(after, current, endAfter);
  // What somebody put right in front of the typed text stands between the two places, and stays.
  if (!current.slice(from, to).endsWith(typed)) return undefined;
  return current.slice(0, to - typed.length) + before.slice(start, endBefore) + current.slice(to);
}
