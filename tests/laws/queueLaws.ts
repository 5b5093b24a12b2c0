/**
 * The laws of saves that wait in a queue: what the client makes of a save before it sends it, and what the server then does.
 *
 * The client does not know which lists have a declared key, so these records have none.
 */
import fc from 'fast-check';
import type { RebasedSave } from '../../backoffice/client/rebaseSave.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import type { MergeResult } from '../../shared/merge/index.ts';
import { choiceRow, readChoices, type Choices } from './choices.ts';
import type { Engine } from './engine.ts';
import { expectedMerge } from './expectedMerge.ts';
import { demand, law, type Law } from './law.ts';
import { at, frozen, isObject, itemToken, keyOf, own, pointerOf, put, same } from './plainJson.ts';
import { edited, type EditKind } from './randomEdits.ts';
import { randomRecord } from './randomRecord.ts';
import { removedMembers } from './randomSides.ts';
import { hasNewItems } from './withoutOrder.ts';

const show = (value: unknown): string => JSON.stringify(value) ?? 'nothing';

/** What a form can express: its lists keep their keys, and what it removed does not come back under the same key. */
const formEdits: readonly EditKind[] = ['set', 'set', 'set', 'name', 'add', 'remove', 'move', 'drop', 'clear'];

const rows = fc.tuple(choiceRow(100), choiceRow(24), choiceRow(24), choiceRow(24));

/** A record, a form that was typed into, what a colleague stored meanwhile, and what was typed after the first save. */
const typing = rows.map(([record, first, colleague, second]) => {
  const loaded = savable(randomRecord(readChoices(record)));
  const form = typed(loaded, loaded, readChoices(first), 4);
  const later = typed(loaded, form, readChoices(second), 4);
  return frozen({ loaded, form, later, stored: savable(edited(loaded, readChoices(colleague))) });
});

/** A form as it was loaded and after each of ten edits; its name is left to the colleague. */
const manyForms = fc
  .tuple(choiceRow(28), fc.array(choiceRow(8), { minLength: 10, maxLength: 10 }))
  .map(([record, edits]) => {
    const forms = [savable(randomRecord(readChoices(record)))];
    const loaded = forms[0] as JsonObject;
    for (const row of edits) {
      const next = typed(loaded, forms.at(-1) as JsonObject, readChoices(row), 2);
      forms.push({ ...next, name: own(loaded, 'name') as JsonValue });
    }
    return frozen(forms);
  });

/** The laws. */
export const queueLaws: readonly Law[] = [
  law({
    name: 'a queued save that is rebased on the answer reverts nobody and keeps all that was typed',
    input: fc.tuple(typing, fc.boolean()),
    holds(engine, [{ loaded, form, later, stored }, isWholeForm]) {
      const first = saveOf([loaded], form);
      const answer = serve(engine, first, stored);
      if (answer.conflicts.length > 0) return;
      const current = frozen(answer.merged as JsonObject);
      const second = saveOf([loaded, form], later, isWholeForm ? undefined : changedNames(form, later));
      const rebased = engine.rebaseSave(second, first, current);
      const result = serve(engine, frozen(rebased), current);
      const unset = removedMembers(form, later);
      const wanted = engine.merge({ base: form, mine: later, theirs: current, unset });
      demandAlike(result, wanted);
    },
  }),
  law({
    name: '"keep mine" ends in one round trip and takes nothing that only the colleague changed',
    input: typing,
    holds: (engine, input) => demandSettled(engine, 'mine', input),
  }),
  law({
    name: '"take theirs" ends in one round trip and keeps the rest of what was typed',
    input: typing,
    holds: (engine, input) => demandSettled(engine, 'theirs', input),
  }),
  law({
    name: 'sending a conflicting save again with the current record as base ends in one round trip',
    input: typing,
    holds(engine, { loaded, form, stored }) {
      const save = saveOf([loaded], form);
      const { merged, conflicts } = serve(engine, { ...save, base: stored }, stored);
      demand(conflicts.length === 0, () => show(conflicts));
      for (const { tokens, mine } of expectedMerge({ base: stored, mine: form, theirs: stored, unset: save.unset })
        .places) {
        if (tokens.at(-1) === '-') continue;
        demand(same(at(merged, tokens), mine), () => `${pointerOf(tokens)}: ${show(at(merged, tokens))}`);
      }
    },
  }),
  law({
    name: 'ten queued edits of one’s own never conflict with each other, and what a colleague sets elsewhere stays',
    input: fc.tuple(manyForms, fc.nat(9), fc.boolean()),
    holds(engine, [forms, moment, isWholeForm]) {
      const loaded = forms[0] as JsonObject;
      let waiting = forms.slice(1).map((form, index) => {
        const before = forms[index] as JsonObject;
        return saveOf(forms.slice(0, index + 1), form, isWholeForm ? undefined : changedNames(before, form));
      });
      let current = loaded;
      for (let number = 0; number < forms.length - 1; number++) {
        if (number === moment) current = frozen({ ...current, name: 'set by a colleague' });
        const [sent, ...rest] = waiting as [RebasedSave, ...RebasedSave[]];
        const { merged, conflicts } = serve(engine, sent, current);
        demand(conflicts.length === 0, () => `edit ${number}: ${show(conflicts)}`);
        current = frozen(merged as JsonObject);
        waiting = rest.map((save) => frozen(engine.rebaseSave(save, sent, current)));
      }
      const wanted = { ...(forms.at(-1) as JsonObject), name: 'set by a colleague' };
      demand(same(current, wanted), () => `${show(current)} instead of ${show(wanted)}`);
    },
  }),
  law({
    name: 'two edits that travel as one save store what both would have stored one after the other',
    input: typing,
    holds(engine, { loaded, form, later }) {
      const first = saveOf([loaded], form, changedNames(loaded, form));
      const second = saveOf([loaded, form], later, changedNames(form, later));
      const joined = engine.joinSaves(joinable(first), joinable(second));
      const once = serve(engine, { ...joined, base: joined.base }, loaded);
      demand(once.conflicts.length === 0, () => show(once.conflicts));
      demand(same(once.merged, later), () => `${show(once.merged)} instead of ${show(later)}`);
    },
  }),
];

/** A form as a save: the fields that were touched, what they were loaded with, and all that it showed once and no longer has. */
function saveOf(
  shown: readonly JsonObject[],
  form: JsonObject,
  touched: ReadonlySet<string> = namesIn(...shown, form),
): RebasedSave {
  const picked = (from: JsonObject) => Object.fromEntries(Object.entries(from).filter(([name]) => touched.has(name)));
  const data = picked(form);
  const unset = new Set(shown.flatMap((before) => removedMembers(picked(before), data)));
  return frozen({ data, base: picked(shown[0] as JsonObject), unset: [...unset] });
}

function namesIn(...records: readonly JsonObject[]): Set<string> {
  return new Set(records.flatMap((record) => Object.keys(record)));
}

/** The names of the fields that differ. */
function changedNames(before: JsonObject, after: JsonObject): Set<string> {
  const names = [...namesIn(before, after)].filter((name) => !same(own(before, name), own(after, name)));
  return new Set(names);
}

function joinable(save: RebasedSave): Parameters<Engine['joinSaves']>[0] {
  const wishes = { method: 'PATCH', keep: [], notify: true, blind: false, status: 'waiting', request: null } as const;
  return { ...save, ...wishes, typed: save.data };
}

/** What the server does: of the base, only the fields that are sent travel. */
function serve(engine: Engine, save: RebasedSave, current: JsonObject): MergeResult {
  const names = new Set([...Object.keys(save.data), ...save.unset.map((path) => engine.parsePointer(path)?.[0] ?? '')]);
  const base = save.base ?? {};
  const sent = Object.fromEntries(Object.entries(base).filter(([name]) => names.has(name)));
  // As text, because that is how a save travels.
  const [arrivedBase, mine] = JSON.parse(JSON.stringify([sent, save.data])) as [JsonObject, JsonObject];
  return engine.merge({ base: arrivedBase, mine, theirs: current, unset: save.unset });
}

function demandSettled(
  engine: Engine,
  choice: 'mine' | 'theirs',
  { loaded, form, stored }: typeof typing extends fc.Arbitrary<infer Input> ? Input : never,
): void {
  // The server gives every new item a key, so that a list with items without one has never been a keyed one.
  if (hasNewItems(form) || hasNewItems(stored)) return;
  const save = saveOf([loaded], form);
  const refused = serve(engine, save, stored);
  if (refused.conflicts.length === 0) return;
  const settled = engine.settleConflict(save, stored, choice);
  const { merged, conflicts } = serve(engine, settled, stored);
  demand(conflicts.length === 0, () => `still in conflict: ${show(conflicts)}`);
  for (const { tokens, mine, theirs, verdict } of expectedMerge({
    base: loaded,
    mine: form,
    theirs: stored,
    unset: save.unset,
  }).places) {
    if (tokens.at(-1) === '-') continue;
    const isMine = verdict === 'applied' || (verdict === 'conflict' && choice === 'mine');
    const [result, wanted] = [at(merged, tokens), isMine ? mine : theirs];
    // What the colleague added inside of a contested list may stay there: mine says nothing of it.
    const isThere = verdict === 'conflict' && isMine ? contains(result, wanted) : same(result, wanted);
    demand(isThere, () => `${pointerOf(tokens)} (${verdict}): ${show(result)} instead of ${show(wanted)}`);
  }
}

/** Equal, except for members of objects that only the whole has. */
function contains(whole: JsonValue | undefined, part: JsonValue | undefined): boolean {
  if (Array.isArray(part)) {
    const items: readonly JsonValue[] = Array.isArray(whole) ? whole : [];
    return items.length === part.length && part.every((item, index) => contains(items[index], item as JsonValue));
  }
  if (!isObject(part)) return same(whole, part);
  return isObject(whole) && Object.keys(part).every((name) => contains(own(whole, name), part[name]));
}

function demandAlike(result: MergeResult, wanted: MergeResult): void {
  const [paths, others] = [result, wanted].map(({ conflicts }) => show(conflicts.map(({ path }) => path).sort()));
  demand(paths === others, () => `conflicts: ${paths} instead of ${others}`);
  demand(same(result.merged, wanted.merged), () => `${show(result.merged)} instead of ${show(wanted.merged)}`);
}

/** The form after some typing; nothing is typed where an item would come back. */
function typed(loaded: JsonObject, form: JsonObject, choices: Choices, most: number): JsonObject {
  const next = savable(edited(form, choices, formEdits, most));
  const [known, before] = [itemsIn(loaded), itemsIn(form)];
  const isBack = [...itemsIn(next)].some((pointer) => known.has(pointer) && !before.has(pointer));
  return isBack ? form : next;
}

/** The pointers of all items that have a key. */
function itemsIn(record: JsonObject): Set<string> {
  const pointers = new Set<string>();
  const visit = (value: JsonValue, tokens: readonly string[]): void => {
    if (isObject(value)) for (const name of Object.keys(value)) visit(value[name] as JsonValue, [...tokens, name]);
    if (!Array.isArray(value)) return;
    for (const [index, item] of value.entries()) {
      const inside = [...tokens, itemToken('id', keyOf(item as JsonValue, 'id') ?? `at ${index}`)];
      pointers.add(pointerOf(inside));
      visit(item as JsonValue, inside);
    }
  };
  visit(record, []);
  return pointers;
}

/** The record without what no save can carry: names that the server refuses, and lists with declarations. */
function savable(value: JsonObject): JsonObject {
  return strip(value) as JsonObject;
}

function strip(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item) => strip(item as JsonValue));
  if (!isObject(value)) return value;
  const copy = {};
  for (const name of Object.keys(value)) {
    if (!['__proto__', 'constructor', 'links', 'steps'].includes(name))
      put(copy, name, strip(value[name] as JsonValue));
  }
  return copy as JsonValue;
}
