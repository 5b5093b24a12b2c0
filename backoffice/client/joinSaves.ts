import { formatPointer, getAt, parsePointer } from '../../shared/merge/index.ts';
import type { JsonObject } from '../../shared/json.ts';
import { overlay } from './overlay.ts';
import type { PendingSave } from './pendingSave.ts';

/** The part of a save that another one can join. */
export type JoinableSave = Pick<
  PendingSave,
  'method' | 'keep' | 'notify' | 'blind' | 'base' | 'data' | 'typed' | 'unset' | 'status' | 'request'
>;

/** True when a later edit may travel in this save: never sent, the same wishes, and both know what they started from, or neither. */
export function canJoin(waiting: JoinableSave, later: JoinableSave): boolean {
  return (
    waiting.status === 'waiting' &&
    waiting.request === null &&
    later.status === 'waiting' &&
    later.request === null &&
    waiting.method !== 'POST' &&
    waiting.method !== 'DELETE' &&
    waiting.method === later.method &&
    waiting.notify === later.notify &&
    waiting.blind === later.blind &&
    (waiting.base === null) === (later.base === null) &&
    waiting.keep.join(' ') === later.keep.join(' ')
  );
}

/** Puts a later edit into a waiting save. The base of a field stays the one it had when it was first touched. */
export function joinSaves(
  waiting: JoinableSave,
  later: JoinableSave,
): Pick<PendingSave, 'data' | 'typed' | 'base' | 'unset'> {
  const isSetLater = (pointer: string) => getAt(later.data, pointer) !== undefined;
  const unset = new Set([...waiting.unset.filter((pointer) => !isSetLater(pointer)), ...later.unset]);
  const kept = Object.fromEntries(Object.entries(waiting.data).filter(([name]) => !unset.has(formatPointer([name]))));
  return {
    data: overlay(kept, later.data),
    typed: overlay(waiting.typed, later.typed),
    base: firstTouched(waiting, later),
    unset: [...unset],
  };
}

function firstTouched(waiting: JoinableSave, later: JoinableSave): JsonObject | null {
  if (waiting.base === null || later.base === null) return waiting.base ?? later.base;
  const touched = new Set([
    ...Object.keys(waiting.data),
    ...waiting.unset.map((pointer) => parsePointer(pointer)?.[0] ?? ''),
  ]);
  const base: Record<string, JsonObject[string]> = { ...later.base };
  for (const name of touched) {
    const value = waiting.base[name];
    if (value === undefined) delete base[name];
    else base[name] = value;
  }
  return base;
}
