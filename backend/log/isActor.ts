import type { Actor } from '../../shared/change.ts';
import { isJsonObject } from '../../shared/json.ts';

const kinds: readonly unknown[] = [
  'admin',
  'api',
  'webhook',
  'server',
  'database',
  'visitor',
] satisfies Actor['kind'][];

/** True for what can stand in the log as an author. */
export function isActor(value: unknown): value is Actor {
  if (!isJsonObject(value)) return false;
  const { id, name, kind } = value;
  return typeof id === 'string' && typeof name === 'string' && kinds.includes(kind);
}
