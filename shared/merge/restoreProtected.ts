/** What a client may not set, put back. */
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { jsonEquals } from './jsonEquals.ts';
import { keyOf, readListKeys } from './listKeys.ts';
import { ownMember, setMember, type MutableObject } from './ownMember.ts';
import { pathOf, tokenOf, type PathStep } from './pathStep.ts';
import { compilePatterns, declaredValue, stepInto, type PatternMatches } from './patternTree.ts';

/** What came, what is stored, and which of it is protected. */
export interface RestoreOptions {
  /** `undefined` when the record is new. */
  readonly stored: JsonValue | undefined;
  readonly incoming: JsonValue;
  /** Prepared once per list, so a list that was passed must not change. Patterns of the protected fields: `/members/*` with a field below it, or a bare name for a field at the top. */
  readonly paths: readonly string[];
  /** Key field by pattern of the list, for lists not keyed by `id`. Default none. */
  readonly keys?: Readonly<Record<string, string>>;
  /** Takes protected fields away from a new record and from new items, too. Default false. */
  readonly forbidOnNew?: boolean;
  /** The incoming record is complete, so a protected field that it lacks was removed and is named as kept. Default false. */
  readonly isWhole?: boolean;
}

/** The record with its protected fields as they are stored. */
export interface RestoreResult {
  /** The incoming record itself when nothing had to be put back. */
  readonly record: JsonValue;
  /** Pointers, with key tokens, of the protected fields for which another value came. */
  readonly kept: string[];
}

/**
 * Gives the incoming record what is stored at every protected path.
 *
 * Shape   items of a keyed list are found by key wherever they stand; any other list with a protected field changed, or an
 *         item more or less, or that is gone or became something else, stays as it is stored. A parent of a protected
 *         field that was removed or became a plain value comes back with that field alone. An item that was removed from
 *         a keyed list stays removed
 * Limits  inputs are never changed; recursion is as deep as the longest pattern
 */
export function restoreProtected(options: RestoreOptions): RestoreResult {
  const { stored, incoming, paths, keys = {}, forbidOnNew = false, isWhole = false } = options;
  const kept: string[] = [];
  const patterns = compileOnce(paths);
  if (patterns === undefined) return { record: incoming, kept };
  const step: PathStep = { parent: undefined, name: '', field: undefined, path: '' };
  const rules = compilePatterns(Object.entries(keys));
  const top: Place = { stored, incoming, patterns, rules, isNew: stored === undefined, step };
  const record = restore({ kept, forbidOnNew, isWhole }, top);
  return { record: record ?? null, kept };
}

// Callers declare their paths once and pass the same list with every record.
const compiled = new WeakMap<readonly string[], { readonly matches: PatternMatches<true> | undefined }>();

function compileOnce(paths: readonly string[]): PatternMatches<true> | undefined {
  const known = compiled.get(paths) ?? { matches: compilePatterns(paths.map((path) => [path, true] as const)) };
  compiled.set(paths, known);
  return known.matches;
}

interface Settings {
  readonly kept: string[];
  readonly forbidOnNew: boolean;
  readonly isWhole: boolean;
}

interface Place {
  readonly stored: JsonValue | undefined;
  readonly incoming: JsonValue | undefined;
  readonly patterns: PatternMatches<true>;
  readonly rules: PatternMatches<string> | undefined;
  readonly isNew: boolean;
  readonly step: PathStep;
}

function restore(settings: Settings, place: Place): JsonValue | undefined {
  const { stored, incoming } = place;
  if (declaredValue(place.patterns) === true) return restoreField(settings, place);
  if (Array.isArray(stored) && !Array.isArray(incoming) && isKeptWhole(place, stored)) {
    if (incoming !== undefined || settings.isWhole) settings.kept.push(pathOf(place.step));
    return stored;
  }
  if (isJsonObject(incoming)) return restoreMembers(settings, place, incoming);
  if (isJsonObject(stored)) {
    // A parent that came as something else took its protected fields away, which is worth a word.
    const rebuilt = restoreMembers({ ...settings, isWhole: settings.isWhole || incoming !== undefined }, place, {});
    if (Object.keys(rebuilt).length > 0) return rebuilt;
  }
  return Array.isArray(incoming) ? restoreItems(settings, place, incoming) : incoming;
}

function restoreField({ kept, forbidOnNew, isWhole }: Settings, place: Place): JsonValue | undefined {
  const { stored, incoming } = place;
  if ((place.isNew && !forbidOnNew) || jsonEquals(stored, incoming)) return incoming;
  if (incoming !== undefined || isWhole) kept.push(pathOf(place.step));
  return stored;
}

function restoreMembers(settings: Settings, place: Place, incoming: JsonObject): JsonObject {
  const stored = isJsonObject(place.stored) ? place.stored : {};
  let copy: MutableObject | undefined;
  for (const name of namesBelow(place.patterns, { stored, incoming })) {
    const below = descend(place, { name, field: undefined });
    if (below === undefined) continue;
    const now = ownMember(incoming, name);
    const restored = restore(settings, {
      ...below,
      stored: ownMember(stored, name),
      incoming: now,
      isNew: place.isNew,
    });
    if (restored === now) continue;
    copy ??= { ...incoming };
    if (restored === undefined) delete copy[name];
    else setMember(copy, { name, value: restored });
  }
  return copy ?? incoming;
}

/**
 * By key even if the incoming keys are not unique: a doubled item must not unlock the fields of both.
 */
function restoreItems(settings: Settings, place: Place, incoming: readonly JsonValue[]): readonly JsonValue[] {
  const stored = Array.isArray(place.stored) ? place.stored : [];
  const field = declaredValue(place.rules) ?? 'id';
  const at = readListKeys(stored, field)?.positions;
  const keptBefore = settings.kept.length;
  let isChanged = at === undefined && incoming.length !== stored.length;
  let isRestored = false;
  const items: JsonValue[] = [];
  for (const [index, item] of incoming.entries()) {
    const key = keyOf(item, field);
    const position = at === undefined ? index : key === undefined ? undefined : at.get(key);
    const before = position === undefined ? undefined : stored[position];
    const isNamed = at !== undefined && key !== undefined;
    const below = descend(place, isNamed ? { name: key, field } : { name: index, field: undefined });
    const restored =
      below === undefined
        ? item
        : restore(settings, { ...below, stored: before, incoming: item, isNew: before === undefined });
    if (restored !== item) isChanged = isRestored = true;
    if (restored !== undefined) items.push(restored);
  }
  if (!isChanged) return incoming;
  if (at !== undefined || !isKeptWhole(place, stored)) return isRestored ? items : incoming;
  settings.kept.length = keptBefore;
  settings.kept.push(pathOf(place.step));
  return stored;
}

/**
 * True for a stored list that has something to protect but no keys: nobody can say which item is which, and by index a
 * reordered list would give one item the protected fields of another. So it stays as it is stored, as a whole, and is named.
 */
function isKeptWhole(place: Place, stored: readonly JsonValue[]): boolean {
  const field = declaredValue(place.rules) ?? 'id';
  return readListKeys(stored, field) === undefined && stored.some((item, index) => holdsProtected(place, item, index));
}

/** True for a stored item that has something to protect. */
function holdsProtected(place: Place, item: JsonValue, index: number): boolean {
  const below = descend(place, { name: index, field: undefined });
  if (below === undefined || !isJsonObject(item)) return false;
  const settings: Settings = { kept: [], forbidOnNew: false, isWhole: false };
  return (
    Object.keys(restoreMembers(settings, { ...below, stored: item, incoming: undefined, isNew: false }, {})).length > 0
  );
}

function descend(
  place: Place,
  name: Pick<PathStep, 'name' | 'field'>,
): Pick<Place, 'patterns' | 'rules' | 'step'> | undefined {
  const token = tokenOf(name);
  const patterns = stepInto(place.patterns, token);
  if (patterns === undefined) return undefined;
  const rules = place.rules && stepInto(place.rules, token);
  return { patterns, rules, step: { ...name, parent: place.step, path: undefined } };
}

/** The members that a pattern can reach: those it names and, below a `*`, all that either side has. */
function namesBelow(
  patterns: PatternMatches<true>,
  sides: { readonly stored: JsonObject; readonly incoming: JsonObject },
): Set<string> {
  const names = new Set<string>();
  for (const tree of patterns) {
    for (const name of tree.children.keys()) names.add(name);
    if (tree.any !== undefined)
      for (const side of [sides.incoming, sides.stored]) for (const name of Object.keys(side)) names.add(name);
  }
  return names;
}
