/** What was typed on the screen of a new record, on its way to the screen of the record that it has become. */
import { createContext } from 'react';
import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import type { OpenInput } from './openInput.ts';

/** A field that is not saved: what the form holds, and what that is based on. */
export interface OpenEdit {
  readonly value: JsonValue;
  readonly base: JsonValue | undefined;
}

/** The edits of one form, and where the person is in it. */
export interface CarriedEdits {
  readonly edits: ReadonlyMap<string, OpenEdit>;
  readonly input: OpenInput | null;
}

let carried: { readonly resource: string; readonly id: string; readonly read: () => CarriedEdits } | undefined;

/**
 * The door between two screens that follow each other; not the history entry of the browser, which a reload would open again.
 *
 * Order   `read` is called when the next screen is drawn, so that what is typed until then goes along
 */
export const carrier = {
  /** Gives the edits of this record to its screen; returns how to take them back. */
  carry: (resource: string, id: string, read: () => CarriedEdits): (() => void) => {
    const mine = { resource, id, read };
    carried = mine;
    return () => {
      if (carried === mine) carried = undefined;
    };
  },
  /** The edits that are on their way to this record. */
  find: (resource: string, id: string): (() => CarriedEdits) | null =>
    carried?.resource === resource && carried.id === id ? carried.read : null,
};

/** Carries them from the screen to its form; null for a form that opens on what is stored. */
export const CarriedEditsContext = createContext<(() => CarriedEdits) | null>(null);

/** The edits of a form as they are now. */
export function openEdits(
  dirty: ReadonlySet<string>,
  values: JsonObject,
  baseOf: (name: string) => JsonValue | undefined,
): ReadonlyMap<string, OpenEdit> {
  const copies = structuredClone(values);
  return new Map([...dirty].map((name) => [name, { value: copies[name] ?? null, base: baseOf(name) }]));
}
