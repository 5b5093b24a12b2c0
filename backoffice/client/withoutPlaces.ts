import { isJsonObject, type JsonObject } from '../../shared/json.ts';
import { merge } from '../../shared/merge/index.ts';

/** A record without what stands at these places, at any depth; a place that it does not have makes no difference. */
export function withoutPlaces(record: JsonObject, pointers: readonly string[]): JsonObject {
  if (pointers.length === 0) return record;
  // Nobody but the one who asks: every removal is simply applied.
  const { merged } = merge({ base: record, mine: {}, theirs: record, unset: pointers });
  return isJsonObject(merged) ? merged : {};
}
