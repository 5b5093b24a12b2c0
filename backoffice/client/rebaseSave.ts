import { isJsonObject, type JsonObject, type JsonValue } from '../../shared/json.ts';
import { jsonEquals, merge, parsePointer } from '../../shared/merge/index.ts';
import type { Receipt } from '../../shared/receipt.ts';
import { overlay } from './overlay.ts';
import { withoutPlaces } from './withoutPlaces.ts';

/** The part of a save that a rebase reads and changes. `base` null: nothing is known of what it started from. */
export interface RebasedSave {
  readonly data: JsonObject;
  readonly base: JsonObject | null;
  readonly unset: readonly string[];
}

/**
 * Moves a save that was typed before the answer to an earlier save of the same record was known onto that answer.
 *
 * The base is never just swapped: a whole form typed meanwhile still holds what a colleague has changed since, and with the
 * answer as its base these old values would count as edits. So what was typed is merged with the answer first, from what the
 * earlier save sent; only then is the answer the base. Where the two collide, the old base stays, and the server asks.
 *
 * Shape   a save without a base stays without one while it sets a field that the earlier save did not send
 */
export function rebaseSave(
  save: RebasedSave,
  earlier: RebasedSave,
  answer: JsonObject,
  receipt?: Receipt,
): RebasedSave {
  const view = viewAfter(save, earlier);
  const names = new Set([...Object.keys(save.data), ...save.unset.map(firstToken)]);
  const hasBase = save.base !== null || earlier.base !== null || [...names].every((name) => Object.hasOwn(view, name));
  if (!hasBase) return save;
  const { merged, conflicts } = merge({ base: view, mine: save.data, theirs: answer, unset: save.unset });
  const isMine = (name: string) =>
    isKnown(name, save, earlier) && (isApplied(name, receipt) || isUntouched(name, earlier.base, answer));
  const collided = new Set(conflicts.map((conflict) => firstToken(conflict.path)));
  const contested = new Set([...collided].filter((name) => !isMine(name)));
  const data: Record<string, JsonValue> = {};
  for (const name of Object.keys(save.data)) {
    const value = collided.has(name) ? save.data[name] : isJsonObject(merged) ? merged[name] : undefined;
    if (value !== undefined) data[name] = value;
  }
  return { data, base: withValues(answer, view, contested), unset: save.unset };
}

/** The record as the person saw it while typing the later save: the base, with what the earlier save had sent. */
function viewAfter(save: RebasedSave, earlier: RebasedSave): JsonObject {
  const base = save.base ?? earlier.base ?? {};
  const sent: Record<string, JsonValue> = {};
  // A base that differs from the earlier one says that the person saw something else there: it is believed.
  const isStale = (name: string) =>
    save.base === null || earlier.base === null || same(save.base[name], earlier.base[name]);
  for (const [name, value] of Object.entries(earlier.data)) if (isStale(name)) sent[name] = value;
  const view = overlay(base, sent);
  return withoutPlaces(
    view,
    earlier.unset.filter((pointer) => isStale(firstToken(pointer))),
  );
}

/**
 * The person saw in this field what the earlier save started from, or what it made of it. An older base says that a colleague
 * came in between whom the person has not seen yet, whatever the answer to the earlier save says about itself.
 */
function isKnown(name: string, save: RebasedSave, earlier: RebasedSave): boolean {
  if (save.base === null || earlier.base === null) return true;
  const seen = save.base[name];
  return same(seen, earlier.base[name]) || same(seen, overlay(earlier.base, earlier.data)[name]);
}

/** What the server applied and wrote in its own way ("  A" as "A") is still mine: no conflict with oneself. */
function isApplied(name: string, receipt: Receipt | undefined): boolean {
  const lines = receipt?.fields.filter((line) => firstToken(line.path) === name) ?? [];
  return (
    lines.length > 0 &&
    lines.every((line) => line.status !== 'merged' && line.status !== 'kept' && line.status !== 'conflict')
  );
}

/** Nobody changed the field: the earlier save was given up, or the field is protected. */
function isUntouched(name: string, base: JsonObject | null, answer: JsonObject): boolean {
  return base !== null && same(base[name], answer[name]);
}

function withValues(record: JsonObject, from: JsonObject, names: ReadonlySet<string>): JsonObject {
  const changed: Record<string, JsonValue> = { ...record };
  for (const name of names) {
    const value = from[name];
    if (value === undefined) delete changed[name];
    else changed[name] = value;
  }
  return changed;
}

function firstToken(pointer: string): string {
  return parsePointer(pointer)?.[0] ?? '';
}

function same(left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  return left === undefined || right === undefined ? left === right : jsonEquals(left, right);
}
