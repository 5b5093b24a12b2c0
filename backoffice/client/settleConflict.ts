import { isJsonObject, type JsonObject, type JsonValue } from '../../shared/json.ts';
import { merge } from '../../shared/merge/index.ts';
import { overlay } from './overlay.ts';
import type { RebasedSave } from './rebaseSave.ts';

/**
 * Writes the decision of a conflict as a save on what is stored now.
 *
 * Only what is contested is decided. A field that the colleague alone changed keeps the colleague's value in every case, also
 * when the form still holds the old one: sending the form again with `current` as its base would put that back.
 *
 * Shape   an object sets its members, whoever changed them; everything else is merged
 */
export function settleConflict(
  save: RebasedSave,
  current: JsonObject,
  choice: 'mine' | 'theirs' | JsonObject,
): RebasedSave {
  const base = save.base ?? {};
  const chosen = choice === 'mine' ? mergeForMine(save, base, current) : mergeForTheirs(save, base, current);
  const names = Object.keys(save.data);
  const data: Record<string, JsonValue> = {};
  for (const name of names) {
    const value = chosen[name];
    if (value !== undefined) data[name] = value;
  }
  const unset = save.unset.filter((pointer) => choice === 'mine' || !isContested(save, base, current, pointer));
  if (choice === 'mine' || choice === 'theirs') return { data, base: current, unset };
  const set = Object.keys(choice);
  return {
    data: { ...overlay(data, choice) },
    base: current,
    unset: unset.filter((pointer) => !set.some((name) => pointer === `/${name}`)),
  };
}

/** The engine keeps `theirs` at every conflict. */
function mergeForTheirs(save: RebasedSave, base: JsonObject, current: JsonObject): JsonObject {
  return asObject(merge({ base, mine: save.data, theirs: current, unset: save.unset }).merged);
}

/** The same merge with the two sides exchanged, so that it keeps mine; what the colleague removed is then named as removed. */
function mergeForMine(save: RebasedSave, base: JsonObject, current: JsonObject): JsonObject {
  const removed = Object.keys(base).filter((name) => !Object.hasOwn(current, name));
  const unset = removed.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  return asObject(merge({ base, mine: current, theirs: overlay(base, save.data), unset }).merged);
}

function isContested(save: RebasedSave, base: JsonObject, current: JsonObject, pointer: string): boolean {
  const { conflicts } = merge({ base, mine: save.data, theirs: current, unset: save.unset });
  return conflicts.some((conflict) => conflict.path === pointer);
}

function asObject(value: JsonValue): JsonObject {
  return isJsonObject(value) ? value : {};
}
