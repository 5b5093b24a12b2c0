/** JSON Pointers, in which an item of a keyed list may be named by its key: `/members/[id=m1]/role`. */
import { isJsonObject, type JsonValue } from '../json.ts';
import { ownMember } from './ownMember.ts';

/**
 * The tokens of a JSON Pointer, or `undefined` when the text is not one.
 *
 * Shape   '' is the whole record and has no token; `~1` stands for `/`, `~0` for `~`
 * Source  RFC 6901
 */
export function parsePointer(pointer: string): string[] | undefined {
  if (pointer === '') return [];
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return undefined;
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/**
 * The JSON Pointer made of these tokens.
 *
 * Source  RFC 6901
 */
export function formatPointer(tokens: readonly string[]): string {
  return tokens.map((token) => `/${escapeToken(token)}`).join('');
}

/** One token as it stands inside a pointer: `~` and `/` escaped. */
export function escapeToken(token: string): string {
  return /[~/]/.test(token) ? token.replaceAll('~', '~0').replaceAll('/', '~1') : token;
}

/** The token that names an item of a keyed list: `[id=m1]`. */
export function formatKeyToken(field: string, key: string): string {
  return `[${field}=${key}]`;
}

/**
 * The tokens of a declared pattern.
 *
 * Shape   a pointer, or a bare name: `createdAt` means `/createdAt`
 */
export function parsePattern(pattern: string): string[] {
  return parsePointer(pattern) ?? [pattern];
}

/**
 * True when the pointer is one of those that the pattern declares.
 *
 * Shape   `*` in the pattern stands for any one token, also for an item of a list; a bare name means the field at the top
 */
export function matchesPattern(pointer: string, pattern: string): boolean {
  const tokens = parsePointer(pointer);
  const wanted = parsePattern(pattern);
  if (tokens === undefined || tokens.length !== wanted.length) return false;
  return wanted.every((token, index) => token === '*' || token === tokens[index]);
}

/**
 * The value at that place of the record, or `undefined` when there is none.
 *
 * Shape   inside a list a token is a key (`[id=m1]`, compared as text) or an index without leading zeros
 */
export function getAt(record: JsonValue | undefined, pointer: string): JsonValue | undefined {
  const tokens = parsePointer(pointer);
  if (tokens === undefined) return undefined;
  let value = record;
  for (const token of tokens) {
    if (Array.isArray(value)) value = getItem(value, token);
    else if (isJsonObject(value)) value = ownMember(value, token);
    else return undefined;
  }
  return value;
}

/**
 * The index that a token names in a list, or `undefined` for any other text.
 *
 * Source  RFC 6901: digits without a leading zero
 */
export function parseIndex(token: string): number | undefined {
  return /^(0|[1-9][0-9]*)$/.test(token) ? Number(token) : undefined;
}

function getItem(list: readonly JsonValue[], token: string): JsonValue | undefined {
  const index = parseIndex(token);
  if (index !== undefined) return list[index];
  const named = /^\[([^=]+)=(.*)\]$/s.exec(token);
  if (named === null) return undefined;
  const [, field = '', key] = named;
  return list.find((item) => {
    const value = isJsonObject(item) ? ownMember(item, field) : undefined;
    return (typeof value === 'string' || typeof value === 'number') && String(value) === key;
  });
}
