import { jsonEquals, parsePointer } from '../../../shared/merge/index.ts';
import type { PendingSave } from '../pendingSave.ts';
import type { KeptSave } from './keptSave.ts';
import type { OutboxLine } from './outboxLine.ts';

/**
 * Gives the fields that were typed since the last writing their place among those of all tabs; called in a transaction.
 *
 * A save has one place in the line, but text may join it later than another tab has typed: which of two values of a field is
 * the newer one is known of each field.
 */
export function placeFields(kept: KeptSave, lines: readonly OutboxLine[]): void {
  const latest = Math.max(0, ...lines.flatMap((line) => Object.values(line.places)));
  const edits = editedFields(kept.save);
  const chain = lines.filter((line) => line.origin === kept.origin && line.id !== kept.save.id);
  for (const name of edits) {
    const print = printOf(kept.save, name);
    if (kept.placed.get(name) === print) continue;
    // A whole form repeats what an earlier save of it has set: that was not typed again.
    const before = chain.findLast((line) => line.places[name] !== undefined);
    kept.placed.set(name, print);
    kept.places[name] = (before && printOf(before, name) === print ? before.places[name] : undefined) ?? latest + 1;
  }
}

/** The place of a field; that of text which is not written yet is behind all others. */
export function placeOf(kept: KeptSave, name: string): number {
  const isPlaced = kept.placed.get(name) === printOf(kept.save, name);
  return (isPlaced ? kept.places[name] : undefined) ?? Number.POSITIVE_INFINITY;
}

/** Goes on with the places of a line that was taken over. */
export function takePlaces(kept: KeptSave, places: OutboxLine['places']): void {
  Object.assign(kept.places, places);
  for (const name of Object.keys(places)) kept.placed.set(name, printOf(kept.save, name));
}

/** The fields that a save changes, without what merely stood in its form; `''` is the record as a whole, for a delete. */
export function editedFields(save: Pick<PendingSave, 'method' | 'data' | 'base' | 'unset'>): readonly string[] {
  const { method, data, base, unset } = save;
  if (method === 'DELETE') return [''];
  const set = Object.entries(data).filter(([name, value]) => {
    const before = base?.[name];
    return value === undefined || before === undefined || !jsonEquals(value, before);
  });
  return [...new Set([...set.map(([name]) => name), ...unset.map((pointer) => parsePointer(pointer)?.[0] ?? '')])];
}

function printOf({ typed, unset }: Pick<PendingSave, 'typed' | 'unset'>, name: string): string {
  return JSON.stringify([typed[name] ?? null, unset.filter((pointer) => parsePointer(pointer)?.[0] === name)]);
}
