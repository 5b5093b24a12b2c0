/** What is declared about the lists of the generated records. */
import { isObject, keyOf, own } from './plainJson.ts';
import type { JsonValue } from '../../shared/json.ts';

/** The declarations as the engine takes them. */
export const declarations = {
  keys: { '/links': 'slug', '/members/*/links': 'slug' },
  atomic: ['/steps', '/members/*/steps'],
} as const;

/** The key field of the list at a place, `false` for one that is always one value, and whether that was declared. */
export function listRule(tokens: readonly string[]): { readonly field: string | false; readonly isDeclared: boolean } {
  const isPlace = tokens.length === 1 || (tokens.length === 3 && tokens[0] === 'members');
  const name = tokens.at(-1);
  if (isPlace && name === 'links') return { field: 'slug', isDeclared: true };
  if (isPlace && name === 'steps') return { field: false, isDeclared: true };
  return { field: 'id', isDeclared: false };
}

/**
 * The keys of a list, or `undefined` when it is not keyed.
 *
 * Shape   with `allowNew`, an item without a key is new, and its key is `undefined`
 */
export function listKeys(
  list: readonly JsonValue[],
  field: string,
  allowNew = false,
): (string | undefined)[] | undefined {
  const keys: (string | undefined)[] = [];
  const seen = new Set<string>();
  for (const item of list) {
    if (!isObject(item)) return undefined;
    const key = keyOf(item, field);
    const isNew = allowNew && (own(item, field) ?? null) === null;
    if (key === undefined ? !isNew : seen.has(key)) return undefined;
    if (key !== undefined) seen.add(key);
    keys.push(key);
  }
  return keys;
}
