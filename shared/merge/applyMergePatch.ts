/** JSON Merge Patch. */
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { ownMember, setMember, type MutableObject } from './ownMember.ts';

/**
 * The target after a merge patch.
 *
 * Shape   `null` removes a member, an object is applied member by member, everything else replaces
 * Limits  any depth; inputs are never changed
 * Source  RFC 7396
 */
export function applyMergePatch(target: JsonValue, patch: JsonValue): JsonValue {
  if (!isJsonObject(patch)) return patch;
  const result = copyOf(target);
  const pending: { readonly into: MutableObject; readonly patch: JsonObject }[] = [{ into: result, patch }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const name of Object.keys(next.patch)) {
      const value = next.patch[name] as JsonValue;
      if (value === null) {
        delete next.into[name];
      } else if (isJsonObject(value)) {
        const into = copyOf(ownMember(next.into, name));
        setMember(next.into, { name, value: into });
        pending.push({ into, patch: value });
      } else {
        setMember(next.into, { name, value });
      }
    }
  }
  return result;
}

function copyOf(value: JsonValue | undefined): MutableObject {
  return isJsonObject(value) ? { ...value } : {};
}
