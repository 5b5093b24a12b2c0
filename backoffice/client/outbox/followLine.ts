import { formatPointer, jsonEquals, parsePointer } from '../../../shared/merge/index.ts';
import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import type { Receipt } from '../../../shared/receipt.ts';
import { createUuid } from '../createUuid.ts';
import { followAnswer } from '../followAnswer.ts';
import type { PendingSave } from '../pendingSave.ts';
import { rebaseSave } from '../rebaseSave.ts';
import { toPendingSave, type OutboxLine } from './outboxLine.ts';

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
  if (save.method === 'DELETE') {
    followAnswer([sent, save], sent, result, null);
    return;
  }
  const { data, base, unset } = save;
  if (save.blind || base === null) return;
  // Only what the other save has set, and this one has not seen: with the rest, its own base is what the server has to know.
  const names = [...Object.keys(editsOf(sent)), ...sent.unset.map(firstToken)].filter((name) =>
    same(base[name], sent.base?.[name]),
  );
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
 * Takes from saves that were not stored what a newer one of another tab has set meanwhile: sent again, they must not bring old
 * values back. Returns those that have nothing left to say.
 */
export function giveWay(saves: readonly PendingSave[], done: OutboxLine, nowMs: number): readonly PendingSave[] {
  const unsent = saves.filter((save) => save.request === null && save.status !== 'conflict');
  if (done.answer === null || unsent.length === 0) return [];
  const sent = toPendingSave(done);
  const edits = { ...sent, data: editsOf(sent) };
  const statuses = unsent.map((save) => save.status);
  // One that is tried again counts as failed here: its time has passed just as well.
  for (const save of unsent) save.status = 'failed';
  const emptied = followAnswer([...unsent, edits], edits, done.answer.result, () => createUuid(nowMs));
  for (const [at, save] of unsent.entries()) save.status = statuses[at] ?? 'failed';
  return emptied;
}

/** Without what merely stood in the other tab's form: that sets nothing here. */
function editsOf({ data, base }: PendingSave): JsonObject {
  const isEdit = ([name, value]: [string, JsonValue | undefined]): boolean => {
    const before = base?.[name];
    return value === undefined || before === undefined || !jsonEquals(value, before);
  };
  return Object.fromEntries(Object.entries(data).filter(isEdit));
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
