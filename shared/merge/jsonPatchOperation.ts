/** One operation of a JSON Patch, and how untrusted input becomes one. */
import { isJsonObject, type JsonValue } from '../json.ts';
import { parsePointer } from './pointer.ts';

/**
 * An operation that the product itself writes: it never uses move, copy or test.
 *
 * Source  RFC 6902
 */
export type JsonPatchOperation =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: JsonValue }
  | { readonly op: 'remove'; readonly path: string };

/** An operation with its pointers taken apart. */
export type ParsedOperation =
  | { readonly op: 'add' | 'replace'; readonly path: readonly string[]; readonly value: JsonValue }
  | { readonly op: 'test'; readonly path: readonly string[]; readonly value: JsonValue }
  | { readonly op: 'remove'; readonly path: readonly string[] }
  | { readonly op: 'move' | 'copy'; readonly path: readonly string[]; readonly from: readonly string[] };

/**
 * The operation in this piece of input, or a sentence saying why it is none.
 *
 * Shape   members that the operation does not know are ignored, as the RFC asks
 */
export function parseOperation(input: unknown): ParsedOperation | string {
  if (!isJsonObject(input)) return 'An operation has to be an object.';
  const own = (name: string): JsonValue | undefined => (Object.hasOwn(input, name) ? input[name] : undefined);
  const path = readPointer(own('path'));
  if (path === undefined) return '"path" has to be a JSON Pointer.';
  const op = own('op');
  switch (op) {
    case 'remove':
      return { op, path };
    case 'add':
    case 'replace':
    case 'test': {
      const value = own('value');
      return value === undefined ? `"${op}" needs a "value".` : { op, path, value };
    }
    case 'move':
    case 'copy': {
      const from = readPointer(own('from'));
      if (from === undefined) return `"${op}" needs a JSON Pointer in "from".`;
      if (op === 'move' && from.length < path.length && from.every((token, index) => token === path[index])) {
        return '"move" cannot put a value into itself.';
      }
      return { op, path, from };
    }
    default:
      return '"op" has to be one of add, remove, replace, move, copy, test.';
  }
}

function readPointer(value: JsonValue | undefined): string[] | undefined {
  return typeof value === 'string' ? parsePointer(value) : undefined;
}
