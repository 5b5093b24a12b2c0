import { isJsonObject, type JsonValue } from './json.ts';

/**
 * JSON in which two equal values have the same text: members in the order of their names.
 *
 * Limits  recursive; for values whose depth was bounded before
 */
export function canonicalJson(value: JsonValue): string {
  return JSON.stringify(value, (_name, part: JsonValue) => {
    if (!isJsonObject(part)) return part;
    const names = Object.keys(part);
    const isSorted = names.every((name, index) => index === 0 || (names[index - 1] as string) < name);
    // fromEntries makes an own member of every name, `__proto__` too.
    return isSorted ? part : Object.fromEntries(names.sort().map((name) => [name, part[name] as JsonValue]));
  });
}
