import { formatPointer, jsonEquals, parsePointer } from '../../../shared/merge/index.ts';
import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import type { Receipt } from '../../../shared/receipt.ts';
import { createUuid } from '../createUuid.ts';
import { followAnswer } from '../followAnswer.ts';
import type { PendingSave } from '../pendingSave.ts';
import { rebaseSave } from '../rebaseSave.ts';
import type { KeptSave } from './keptSave.ts';
import { toPendingSave, type OutboxLine } from './outboxLine.ts';
import { editedFields, placeOf } from './placeFields.ts';

/**
 * Moves a save onto a save of another tab that was stored before it; done in the moment in which it is sent.
 *
 * Unlike `followAnswer`, nobody saw in this tab's form what the other tab had sent: a whole form that still holds the old value
 * of a field is no edit of it. Where both tabs changed a field, the later one wins, because one person made both; what a
 * colleague changed in between is asked about. What it was before stays in `before`: those behind it were typed on that.
 */
export function followLine(save: PendingSave, done: OutboxLine): void {
  const result = done.answer?.result;
  const record = result?.record;
  if (save.request !== null || !result || !record) return;
  const sent = toPendingSave(done);
  const { data, base, unset } = save;
  // Who has a form of a record and no base has made the record: what stands in the form is what was sent for it.
  if (save.method === 'DELETE' || (base === null && sent.method === 'POST')) {
    if (!save.blind) followAnswer([sent, save], sent, result, null);
    return;
  }
  if (save.blind || base === null) return;
  // Only what the other save has set, and this one has not seen: with the rest, its own base is what the server has to know.
  const names = editedFields(sent).filter((name) => same(base[name], sent.base?.[name]));
  if (names.length === 0) return;
  save.before ??= { data, base, unset };
  const part = {
    data: pick(data, names),
    base: pick(base, names),
    unset: unset.filter((pointer) => names.includes(firstToken(pointer))),
  };
  const earlier = { data: {}, base: sent.base && pick(sent.base, names), unset: [] };
  const moved = rebaseSave(part, earlier, pick(record, names), receiptOf(sent, record, result.receipt));
  save.data = { ...omit(data, names), ...moved.data };
  save.base = { ...omit(base, names), ...moved.base };
}

/**
 * Takes from a save that was not stored what another tab has typed later and stored: sent again, it must not bring old values
 * back. True when nothing is left to say.
 */
export function giveWay(kept: KeptSave, done: OutboxLine, nowMs: number): boolean {
  const { save } = kept;
  if (save.request !== null || save.status === 'conflict' || done.answer === null) return false;
  const newer = editedFields(done).filter((name) => (done.places[name] ?? 0) > placeOf(kept, name));
  if (newer.length === 0) return false;
  const sent = toPendingSave(done);
  const unset = sent.unset.filter((pointer) => newer.includes(firstToken(pointer)));
  const edits = { ...sent, data: pick(sent.data, newer), unset };
  const { status } = save;
  // One that is tried again counts as failed here: its time has passed just as well.
  save.status = 'failed';
  const emptied = followAnswer([save, edits], edits, done.answer.result, () => createUuid(nowMs));
  save.status = status;
  return emptied.length > 0;
}

/** Of what the receipt does not name, or where there is none: a field that came back as it was sent was applied. */
function receiptOf(done: PendingSave, answer: JsonObject, receipt?: Receipt): Receipt {
  const told = receipt?.fields ?? [];
  const named = new Set(told.map((line) => firstToken(line.path)));
  const applied = Object.entries(done.data).filter(([name, value]) => {
    const stored = answer[name];
    return !named.has(name) && value !== undefined && stored !== undefined && jsonEquals(value, stored);
  });
  const lines = applied.map(([name]) => ({ path: formatPointer([name]), status: 'applied' }) as const);
  return { outcome: 'saved', fields: [...told, ...lines] };
}

function pick(record: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(record).filter(([name]) => names.includes(name)));
}

function omit(record: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));
}

function firstToken(pointer: string): string {
  return parsePointer(pointer)?.[0] ?? '';
}

function same(left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  return left === undefined || right === undefined ? left === right : jsonEquals(left, right);
}
