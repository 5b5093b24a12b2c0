/**
 * What each field of an open form is based on, kept outside the form library on purpose: a reset there moves the default
 * of a field that is being typed in to a colleague's value, and a base made from it would overwrite the colleague.
 *
 *                      typed: differs from stored
 *     follows server ─────────────────────────────►  dirty: base = the value stored at that moment
 *            ▲                                             │
 *            └── equals what is stored (typed back, saved) ┘
 */
import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import { jsonEquals } from '../../../shared/merge/jsonEquals.ts';
import type { FieldDescription } from '../../../shared/resource.ts';
import type { OpenEdit } from './carriedEdits.ts';
import { savePayload, type SavePayload } from './savePayload.ts';
import { toFormValue } from './toFormValue.ts';

/** A field whose stored value became another one; `kept` when the form holds on to what was typed. */
export interface FieldUpdate {
  readonly name: string;
  readonly value: JsonValue;
  readonly kept: boolean;
}

/** The bases of one open form. Names are those of the fields at the top of the record. */
export interface FieldBases {
  /** The newest record that is known to be stored. */
  stored(): JsonObject;
  /** The fields that a save would send; the same set while nothing changes. */
  dirty(): ReadonlySet<string>;
  /** Tells what the form holds in a field now. */
  follow(name: string, value: JsonValue | undefined): void;
  /** Takes edits that were typed elsewhere, on what they were typed on; answers what the form has to show. What is dirty stays. */
  take(edits: ReadonlyMap<string, OpenEdit>): readonly FieldUpdate[];
  /** Takes a newer record; answers what the form has to show or has kept. An older one changes nothing. */
  receive(record: JsonObject, values: JsonObject): readonly FieldUpdate[];
  /** The save of everything that is dirty, noted as on its way. */
  send(values: JsonObject): SavePayload;
  /** Takes the answer of the save that was on its way. */
  answered(record: JsonObject, values: JsonObject): readonly FieldUpdate[];
  /** The save on its way was refused: what was typed is based on what it was based on before. */
  refused(): void;
  /** Says what a dirty field is based on from now on, which is how a conflict is decided. */
  rebase(name: string, base: JsonValue | undefined): void;
  baseOf(name: string): JsonValue | undefined;
}

/** Starts with a record as it is stored, and with `edits` that were typed before this form was there. */
export function createFieldBases(
  fields: readonly FieldDescription[],
  record: JsonObject,
  edits: ReadonlyMap<string, OpenEdit> = new Map(),
): FieldBases {
  const described = new Map(fields.map((field) => [field.name, field]));
  const bases = new Map<string, JsonValue | undefined>();
  let stored = record;
  let dirty: ReadonlySet<string> = new Set();
  let onTheirWay: { readonly values: JsonObject; readonly data: JsonObject } | undefined;

  const shown = (field: FieldDescription, of: JsonObject) => toFormValue(field, of[field.name]);
  const markDirty = (name: string, base: JsonValue | undefined) => {
    bases.set(name, base);
    if (!dirty.has(name)) dirty = new Set([...dirty, name]);
  };
  const markClean = (name: string) => {
    bases.delete(name);
    if (dirty.has(name)) dirty = new Set([...dirty].filter((other) => other !== name));
  };
  /** Bases of fields that hold what is stored by chance, while that is not what they were loaded with. */
  const passing = new Map<string, JsonValue | undefined>();
  // Typing may pass through the colleague's value: the next key is still based on what the form was loaded with.
  const markEqual = (name: string) => {
    const base = bases.get(name);
    const isLoaded = base === undefined ? stored[name] === undefined : jsonEquals(base, stored[name] ?? null);
    if (bases.has(name) && !isLoaded) passing.set(name, base);
    markClean(name);
  };
  const follow = (name: string, value: JsonValue | undefined) => {
    const field = described.get(name);
    if (field === undefined) return;
    if (jsonEquals(value, shown(field, stored))) markEqual(name);
    else if (!bases.has(name)) markDirty(name, passing.has(name) ? passing.get(name) : stored[name]);
  };
  const take: FieldBases['take'] = (typed) =>
    fields.flatMap((field) => {
      const { name } = field;
      const edit = typed.get(name);
      if (edit === undefined || bases.has(name) || jsonEquals(edit.value, shown(field, stored))) return [];
      markDirty(name, edit.base);
      return [{ name, value: edit.value, kept: false }];
    });
  take(edits);
  const receive = (next: JsonObject, values: JsonObject): readonly FieldUpdate[] => {
    if (versionOf(next) <= versionOf(stored)) return [];
    const before = stored;
    stored = next;
    const updates: FieldUpdate[] = [];
    for (const field of fields) {
      const { name } = field;
      if (jsonEquals(before[name], next[name])) continue;
      const value = shown(field, next);
      if (!bases.has(name)) {
        // Shown from here on, so that what is typed next is based on it.
        passing.delete(name);
        updates.push({ name, value, kept: false });
      } else if (jsonEquals(values[name], value)) {
        // Our own save, heard of before its answer: what comes next is based on it.
        if (onTheirWay !== undefined && jsonEquals(onTheirWay.data[name], next[name])) markClean(name);
        else markEqual(name);
      }
      // The echo of our own save comes back while its author types on: nobody else changed the field.
      else if (onTheirWay === undefined || !jsonEquals(onTheirWay.data[name], next[name]))
        updates.push({ name, value, kept: true });
    }
    return updates;
  };

  return {
    stored: () => stored,
    dirty: () => dirty,
    follow,
    take,
    receive,
    send: (values) => {
      const payload = savePayload(
        fields.filter((field) => bases.has(field.name)),
        values,
        bases,
      );
      // Copies: the form library goes on writing into its own nested values while the save is on its way.
      onTheirWay = structuredClone({ values: pick(values, dirty), data: payload.data });
      return payload;
    },
    answered: (answer, values) => {
      const sent = onTheirWay;
      onTheirWay = undefined;
      const updates: FieldUpdate[] = [];
      if (versionOf(answer) >= versionOf(stored)) stored = answer;
      for (const field of fields) {
        const { name } = field;
        const value = shown(field, stored);
        const wasSent = sent !== undefined && name in sent.values;
        if (wasSent) passing.delete(name);
        const typedOn = wasSent ? !jsonEquals(sent.values[name], values[name]) : bases.has(name);
        if (jsonEquals(values[name], value)) {
          if (wasSent) markClean(name);
          else markEqual(name);
        }
        // Typed on while the save was on its way: the new text is based on what that save said, not on its answer.
        else if (typedOn && wasSent) markDirty(name, sent.data[name]);
        else if (!typedOn) {
          markClean(name);
          updates.push({ name, value, kept: false });
        }
      }
      return updates;
    },
    refused: () => {
      onTheirWay = undefined;
    },
    rebase: (name, base) => {
      if (bases.has(name)) bases.set(name, base);
    },
    baseOf: (name) => bases.get(name),
  };
}

function pick(values: JsonObject, names: ReadonlySet<string>): JsonObject {
  return Object.fromEntries([...names].map((name) => [name, values[name] ?? null]));
}

function versionOf(record: JsonObject): number {
  return typeof record.version === 'number' ? record.version : 0;
}
