/** Reading and writing members of JSON objects without ever reaching a prototype. */
import type { JsonObject, JsonValue } from '../json.ts';

/** An object of a result that is still being built. */
export type MutableObject = { [key: string]: JsonValue };

/**
 * The object's own member of that name, or `undefined`.
 *
 * Shape   an inherited `constructor` or `__proto__` counts as absent
 */
export function ownMember(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/**
 * Sets an own member, also when its name is `__proto__`.
 *
 * Shape   plain assignment to `__proto__` would swap the prototype instead of adding a member
 */
export function setMember(object: MutableObject, member: { readonly name: string; readonly value: JsonValue }): void {
  if (member.name === '__proto__') {
    Object.defineProperty(object, member.name, {
      value: member.value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  } else {
    object[member.name] = member.value;
  }
}
