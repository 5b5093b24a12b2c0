import { SyncError, toProblem } from '../problem.ts';

/** What to answer the sender, for whatever server it is. */
export interface WebhookAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * What became of a delivery.
 *
 * applied    the handler took it                           duplicate  the same `webhook-id` was taken before
 * older      something newer of the record was taken       ignored    of a type that this receiver has no handler for
 * tested     a `sync.test`
 */
export type WebhookOutcome = 'applied' | 'duplicate' | 'older' | 'ignored' | 'tested';

/** A 200, which tells the sender to go on; `shown` says which version of the record the site serves from now on. */
export function takenAnswer(outcome: WebhookOutcome, shown: number | null = null): WebhookAnswer {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  return {
    status: 200,
    headers: !Number.isSafeInteger(shown) ? headers : { ...headers, 'x-sync-shown': String(shown) },
    body: JSON.stringify({ outcome }),
  };
}

/** A refusal as problem JSON. What an error of a handler says stays on this side. */
export function refusedAnswer(error: unknown): WebhookAnswer {
  const problem = toProblem(error);
  return {
    status: problem.status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(problem.status === 405 ? { allow: 'POST' } : {}),
    },
    body: JSON.stringify(problem),
  };
}

/** A body that is larger than what is accepted. */
export function bodyTooLarge(maxBodyBytes: number): SyncError {
  return new SyncError('BODY_TOO_LARGE', `At most ${maxBodyBytes} bytes are accepted.`, {
    extensions: { maxBodyBytes },
  });
}

/** A body that somebody else has read: its bytes are gone, and only they are signed. */
export function rawBodyMissing(): SyncError {
  return new SyncError(
    'RAW_BODY_MISSING',
    'A body parser has read the body before it could be verified, and only the bytes as they came are signed. Mount the receiver before express.json(), or give its address to express.raw({ type: "*/*" }).',
  );
}
