import { createHash } from 'node:crypto';
import type { Request } from 'express';
import { SyncError } from '../../shared/problem.ts';

/** What the headers of a save ask for. */
export interface SaveHeaders {
  readonly receipt: boolean;
  readonly keep: readonly string[];
  readonly notify: boolean;
  readonly idempotencyKey: string | null;
}

/** The longest `Idempotency-Key`. */
const maxKeyLength = 255;

/**
 * Reads `Prefer` and `Idempotency-Key`.
 *
 * Source  RFC 7240 for Prefer; an unknown preference is ignored, as it asks
 * Errors  BAD_PARAMETER for an empty, too long or unprintable key
 */
export function readSaveHeaders(request: Request): SaveHeaders {
  const preferences = parsePrefer(request.get('prefer') ?? '');
  const key = request.get('idempotency-key');
  if (key !== undefined && !/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new SyncError(
      'BAD_PARAMETER',
      `Idempotency-Key has to be 1 to ${maxKeyLength} printable characters without spaces, such as a uuid.`,
    );
  }
  return {
    receipt: preferences.has('receipt'),
    keep: (preferences.get('keep') ?? '').split(' ').filter((field) => field !== ''),
    notify: preferences.get('notify') !== 'none',
    idempotencyKey: key ?? null,
  };
}

/** What makes two requests the same for a key: who it goes to, what it says and what it stands on. */
export function hashOfSave(request: Request, body: unknown): string {
  const parts = [
    request.method,
    request.originalUrl,
    request.get('content-type') ?? '',
    request.get('if-match') ?? '',
    request.get('prefer') ?? '',
    JSON.stringify(body ?? null),
  ];
  return createHash('sha256').update(parts.join('\n')).digest('base64url');
}

function parsePrefer(header: string): ReadonlyMap<string, string> {
  const preferences = new Map<string, string>();
  for (const match of header.matchAll(/([\w-]+)(?:\s*=\s*(?:"([^"]*)"|([^\s,;]+)))?/g)) {
    const name = match[1]?.toLowerCase() ?? '';
    if (!preferences.has(name)) preferences.set(name, match[2] ?? match[3] ?? '');
  }
  return preferences;
}
