import type { JsonValue } from 'backoffice-sync/merge';

/** Freezes a value with everything inside it, at any depth, so that a write to an input throws. */
export function deepFreeze<Value extends JsonValue | undefined>(value: Value): Value {
  const pending: unknown[] = [value];
  while (pending.length > 0) {
    const next = pending.pop();
    if (typeof next !== 'object' || next === null || Object.isFrozen(next)) continue;
    Object.freeze(next);
    for (const child of Object.values(next)) pending.push(child);
  }
  return value;
}
