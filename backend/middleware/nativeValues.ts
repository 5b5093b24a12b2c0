import { isJsonObject, type JsonObject, type JsonValue } from '../../shared/json.ts';
import { jsonEquals } from '../../shared/merge/index.ts';

/** A place of a loaded record: what the driver gave there, and the same as JSON. */
interface Loaded {
  readonly native: unknown;
  readonly json: JsonValue | undefined;
}

/**
 * A merged value in the types that the driver loaded: where nothing changed, what was loaded stays itself, at any depth.
 *
 * A changed one becomes a `Date` where one was loaded and the text is a whole moment, and a bigint where one was loaded and the
 * text is a whole number; anything else stays the text or number that JSON has, for the driver to read as it reads every
 * text. A day without a time is such a text: as a moment it would be another day for half of the world.
 */
export function nativeValue(merged: JsonValue, loaded: Loaded): unknown {
  const { native, json } = loaded;
  if (json !== undefined && jsonEquals(merged, json)) return native;
  if (native instanceof Date) return typeof merged === 'string' ? (momentOf(merged) ?? merged) : merged;
  if (typeof native === 'bigint')
    return typeof merged === 'string' && /^-?\d{1,40}$/.test(merged) ? BigInt(merged) : merged;
  if (Array.isArray(merged) && Array.isArray(json)) return nativeItems(merged, json, native);
  return isJsonObject(merged) && isJsonObject(json) ? nativeMembers(merged, { native, json }) : merged;
}

/** The members of an object, each in the type that the driver loaded. */
export function nativeMembers(
  merged: JsonObject,
  loaded: { readonly native: unknown; readonly json: JsonObject },
): Record<string, unknown> {
  const values = Object.entries(merged).map(([name, value]) => [
    name,
    nativeValue(value, memberOf(loaded.native, loaded.json, name)),
  ]);
  return Object.fromEntries(values) as Record<string, unknown>;
}

/** Items are found by their `id`, since others may have come, gone or moved; those without one by their place. */
function nativeItems(merged: readonly JsonValue[], json: readonly JsonValue[], native: unknown): unknown[] {
  const places = new Map(json.map((item, place) => [idOf(item), place]));
  return merged.map((item, index) => {
    const id = idOf(item);
    const place = id === undefined ? index : places.get(id);
    if (place === undefined) return item;
    return nativeValue(item, { native: isIndexed(native) ? native[place] : undefined, json: json[place] });
  });
}

/**
 * What the driver has under a name, if it is what the JSON came from.
 *
 * A document of a class has getters instead of members of its own; only a name that the JSON has is asked for, and what it
 * gives counts only if it turns into the same JSON, so that a field called like a method of every object is left alone.
 */
function memberOf(native: unknown, json: JsonObject, name: string): Loaded {
  const own = Object.hasOwn(json, name) ? json[name] : undefined;
  if (own === undefined || typeof native !== 'object' || native === null) return { native: own, json: own };
  const value = (native as Readonly<Record<string, unknown>>)[name];
  const isPlain = Object.hasOwn(native, name) && !('toJSON' in native && typeof native.toJSON === 'function');
  const isSame = typeof value !== 'function' && (isPlain || jsonEquals(plainJson(value), own));
  return { native: isSame ? value : own, json: own };
}

/** A value as JSON; null for one that has none. */
export function plainJson(value: unknown): JsonValue {
  const text = JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? part.toString() : part)) as
    string | undefined;
  return text === undefined ? null : (JSON.parse(text) as JsonValue);
}

function momentOf(text: string): Date | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)$/.test(text)) return null;
  const moment = new Date(text);
  return Number.isNaN(moment.getTime()) ? null : moment;
}

function idOf(item: JsonValue): string | undefined {
  const id = isJsonObject(item) ? item['id'] : undefined;
  return typeof id === 'string' || typeof id === 'number' ? String(id) : undefined;
}

function isIndexed(value: unknown): value is Readonly<Record<number, unknown>> {
  return typeof value === 'object' && value !== null;
}
