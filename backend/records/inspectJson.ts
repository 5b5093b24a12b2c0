import type { JsonValue } from '../../shared/json.ts';
import { formatPointer } from '../../shared/merge/index.ts';
import { SyncError } from '../../shared/problem.ts';

/** Keys through which a careless merge reaches a prototype. */
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Refuses a value that must not come near a record: prototype keys, too many levels, text that no store can keep
 * (U+0000, lone surrogates: PostgreSQL's jsonb refuses both, and a record has to fit every store), numbers beyond a double.
 *
 * Walks with a stack of its own, so that a hostile depth ends in an answer and not in an overflow.
 *
 * Errors  FORBIDDEN_KEY, BODY_TOO_DEEP, FORBIDDEN_TEXT, INVALID, each with the path
 */
export function inspectJson(value: JsonValue, maxDepth: number): void {
  const stack: { value: JsonValue; path: PathNode | null; depth: number }[] = [{ value, path: null, depth: 0 }];
  for (let item = stack.pop(); item; item = stack.pop()) {
    const { value: at, path, depth } = item;
    if (typeof at === 'string') {
      inspectText(at, path, 'text');
    } else if (typeof at === 'number') {
      if (!Number.isFinite(at)) {
        const where = pointerOf(path);
        throw new SyncError('INVALID', `The number at "${where}" is too large to be kept exactly.`, {
          extensions: { errors: [{ path: where, code: 'number_range', message: 'This number is too large.' }] },
        });
      }
    } else if (typeof at === 'object' && at !== null) {
      if (depth >= maxDepth) {
        throw new SyncError('BODY_TOO_DEEP', `At most ${maxDepth} levels are accepted. Send a flatter value.`, {
          extensions: { maxDepth },
        });
      }
      for (const [key, child] of Object.entries(at)) {
        const childPath: PathNode = { key, parent: path };
        if (!Array.isArray(at)) {
          inspectText(key, childPath, 'key');
          if (forbiddenKeys.has(key)) refuseKey(childPath);
        }
        if (child !== null && typeof child !== 'boolean')
          stack.push({ value: child, path: childPath, depth: depth + 1 });
      }
    }
  }
}

/** Refuses a JSON Pointer that names a prototype key, as `inspectJson` does for values. */
export function inspectPointer(pointer: string): void {
  const hit = pointer.split('/').find((token) => forbiddenKeys.has(token));
  if (hit !== undefined) refuseKey({ key: pointer.slice(1), parent: null });
}

/** A path as a chain, so that 10,000 levels do not cost 10,000 growing strings. */
interface PathNode {
  readonly key: string;
  readonly parent: PathNode | null;
}

function pointerOf(node: PathNode | null): string {
  const tokens: string[] = [];
  for (let at = node; at; at = at.parent) tokens.push(at.key);
  return formatPointer(tokens.reverse()).slice(0, 500);
}

function refuseKey(path: PathNode): never {
  const where = pointerOf(path);
  throw new SyncError(
    'FORBIDDEN_KEY',
    `"${where}": the keys __proto__, constructor and prototype are not accepted. Remove it.`,
    {
      extensions: { path: where },
    },
  );
}

function inspectText(text: string, path: PathNode | null, what: 'text' | 'key'): void {
  if (!text.includes('\u0000') && isWellFormed(text)) return;
  const where = pointerOf(path).replaceAll('\u0000', '\\u0000');
  throw new SyncError(
    'FORBIDDEN_TEXT',
    `The ${what} at "${toWellFormed(where)}" holds U+0000 or half of a character pair. Remove it.`,
  );
}

// ES2024 methods that every supported Node has; the library's target is older.
const isWellFormed = (text: string) => (text as string & { isWellFormed(): boolean }).isWellFormed();
const toWellFormed = (text: string) => (text as string & { toWellFormed(): string }).toWellFormed();
