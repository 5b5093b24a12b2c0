import type { Actor, Change } from './change.ts';
import { diff } from './merge/index.ts';

/**
 * Two changes of one record, told as one: from before the first to after the last.
 *
 * Shape   created+updated = created; anything+deleted = deleted, also when the reader never heard of the creation;
 *         deleted+created = updated; counts+counts = counts. `actors` and `mutationIds` keep those of all, `cursor` and `version` are the last one's
 * Limits  counts after a change are not said beside it: who has that version already would never hear of them, so callers keep
 *         counts apart
 */
export function foldChanges(first: Change, last: Change): Change {
  const { before } = first;
  const { record } = last;
  // By what happened, not by what is told of it: a resource that tells without fields has no record in any change.
  const isGone = last.operation === 'deleted';
  // Left filters and entered them again: what was there before is not told, so it is new to who reads.
  const isNew = first.operation === 'created' || (before === null && record !== null);
  const operation = isGone ? 'deleted' : isNew ? 'created' : 'updated';
  const { counts, ...rest } = last;
  const actors = distinct([...(first.actors ?? [first.actor]), ...(last.actors ?? [last.actor])]);
  const mutationIds = [...new Set([...idsOf(first), ...idsOf(last)])];
  const folded = {
    ...rest,
    operation,
    before: operation === 'created' ? null : before,
    patch: before !== null && record !== null ? diff(before, record) : [],
    notify: first.notify || last.notify,
    actors,
    mutationIds,
  } satisfies Change;
  // Only counters in both: still a change of nothing else.
  return counts && first.counts ? { ...folded, counts: { ...first.counts, ...counts } } : folded;
}

function idsOf({ mutationIds, mutationId }: Change): readonly string[] {
  return mutationIds ?? (mutationId === null ? [] : [mutationId]);
}

/** Each person once, in the order of their last change. */
function distinct(actors: readonly Actor[]): readonly Actor[] {
  return [...new Map(actors.toReversed().map((actor) => [`${actor.kind}:${actor.id}`, actor])).values()].reverse();
}
