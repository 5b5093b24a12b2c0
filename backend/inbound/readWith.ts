import type { z } from 'zod';
import type { JsonValue } from '../../shared/json.ts';
import { formatPointer } from '../../shared/merge/index.ts';
import { SyncError } from '../../shared/problem.ts';

/**
 * Reads a part of a body with a schema.
 *
 * Errors  INVALID with the paths of what is wrong, and nothing of the values: they are personal
 */
export function readWith<T>(schema: z.ZodType<T>, value: JsonValue | undefined, at: readonly string[] = []): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = result.error.issues.slice(0, 20).map((issue) => ({
    path: formatPointer([...at, ...issue.path.map(String)]),
    code: issue.code,
    message: issue.message,
  }));
  throw new SyncError('INVALID', 'The event is not as it should be; nothing was stored.', { extensions: { errors } });
}
