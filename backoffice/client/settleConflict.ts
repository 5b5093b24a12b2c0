import { isJsonObject, type JsonObject, type JsonValue } from '../../shared/json.ts';
import { merge, parsePointer, removedMembers } from '../../shared/merge/index.ts';
import { overlay } from './overlay.ts';
import type { RebasedSave } from './rebaseSave.ts';
import { withoutPlaces } from './withoutPlaces.ts';

/**
 * Writes the decision of a conflict as a save on what is stored now.
 *
 * Only what is contested is decided. A field that the colleague alone changed keeps the colleague's value in every case, also
 * when the form still holds the old one: sending the form again with `current` as its base would put that back. What the
 * record is to be is worked out here as a whole, so that the save says exactly the difference to `current`.
 *
 * Shape   an object sets its members, whoever changed them; everything else is merged
 */
export function settleConflict(
  save: RebasedSave,
  current: JsonObject,
  choice: 'mine' | 'theirs' | JsonObject,
): RebasedSave {
  const merged = choice === 'mine' ? mergeForMine(save, current) : mergeForTheirs(save, current);
  const wanted = isJsonObject(choice) ? overlay(merged, choice) : merged;
  const chosen = isJsonObject(choice) ? Object.keys(choice) : [];
  const names = new Set([...Object.keys(save.data), ...save.unset.map(firstToken), ...chosen]);
  const data = pick(wanted, names);
  return { data, base: current, unset: removedMembers(pick(current, names), data) };
}

/** The engine keeps `theirs` at every conflict. */
function mergeForTheirs({ data, base, unset }: RebasedSave, current: JsonObject): JsonObject {
  return asObject(merge({ base: base ?? {}, mine: data, theirs: current, unset }).merged);
}

/** The same merge with the two sides exchanged, so that it keeps mine; what the colleague removed is then named as removed. */
function mergeForMine(save: RebasedSave, current: JsonObject): JsonObject {
  const base = save.base ?? {};
  const mine = withoutPlaces(overlay(base, save.data), save.unset);
  return asObject(merge({ base, mine: current, theirs: mine, unset: removedMembers(base, current) }).merged);
}

function pick(record: JsonObject, names: ReadonlySet<string>): JsonObject {
  const picked: Record<string, JsonValue> = {};
  for (const name of names) {
    const value = Object.hasOwn(record, name) ? record[name] : undefined;
    if (value !== undefined) picked[name] = value;
  }
  return picked;
}

function firstToken(pointer: string): string {
  return parsePointer(pointer)?.[0] ?? '';
}

function asObject(value: JsonValue): JsonObject {
  return isJsonObject(value) ? value : {};
}
