import { Agent, request } from 'undici';
import { SyncError } from '../../../shared/problem.ts';
import type { WebhookHeaders } from '../../../shared/webhooks/index.ts';
import type { AddressGuard } from './addressGuard.ts';
import { parseRetryAfter } from './retrySchedule.ts';
import type { Timers } from './timers.ts';

/** One attempt. */
export interface PostRequest {
  readonly url: string;
  readonly headers: WebhookHeaders;
  readonly body: string;
}

/**
 * How an attempt ended. `gone` is the receiver's word that it wants nothing any more.
 *
 * Units   retryAfterMs milliseconds, when the receiver asked to wait
 */
export type PostOutcome =
  | { readonly kind: 'delivered'; readonly status: number }
  | { readonly kind: 'gone'; readonly status: number }
  | {
      readonly kind: 'failed';
      readonly status: number | null;
      readonly error: string;
      readonly retryAfterMs: number | null;
    }
  | { readonly kind: 'aborted' };

/** Sends to receivers, through the guard. */
export interface Poster {
  /** Makes one attempt; never throws for what a receiver does. The signal ends it as `aborted`. */
  post(attempt: PostRequest, signal: AbortSignal): Promise<PostOutcome>;
  close(): Promise<void>;
}

/** The time in which a receiver has to answer, in milliseconds. */
const timeoutMs = 15_000;
/** What is read of an answer, in bytes; nobody looks at it. */
const maxAnswerBytes = 1_024;

/**
 * Creates the poster of an installation. Its connections resolve names with the guard only, and it follows no redirect: an
 * answer of a stranger never decides where this server connects to.
 */
export function createPoster({
  guard,
  timers,
  now,
}: {
  guard: AddressGuard;
  timers: Timers;
  now: () => number;
}): Poster {
  const agent = new Agent({ connect: { lookup: guard.lookup, timeout: timeoutMs }, headersTimeout: 0, bodyTimeout: 0 });

  async function send({ url, headers, body }: PostRequest, signal: AbortSignal): Promise<PostOutcome> {
    const target = guard.checkText(url);
    const answer = await request(target, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', 'user-agent': 'backoffice-sync' },
      body,
      dispatcher: agent,
      signal,
    });
    const { statusCode: status } = answer;
    // The verdict is in the status; an answer that breaks off or never ends changes nothing about it.
    await answer.body.dump({ limit: maxAnswerBytes, signal }).catch(() => undefined);
    if (status >= 200 && status < 300) return { kind: 'delivered', status };
    if (status === 410) return { kind: 'gone', status };
    const retryAfter = answer.headers['retry-after'];
    const retryAfterMs = parseRetryAfter(typeof retryAfter === 'string' ? retryAfter : undefined, now());
    const redirect =
      status >= 300 && status < 400 ? ' Redirects are not followed: register the address that it leads to.' : '';
    return { kind: 'failed', status, error: `The receiver answered ${status}.${redirect}`, retryAfterMs };
  }

  return {
    async post(attempt, signal) {
      const ending = new AbortController();
      const abort = (): void => ending.abort();
      const cancel = timers.after(timeoutMs, abort);
      signal.addEventListener('abort', abort);
      try {
        return signal.aborted ? { kind: 'aborted' } : await send(attempt, ending.signal);
      } catch (error) {
        if (signal.aborted) return { kind: 'aborted' };
        const words = ending.signal.aborted ? `No answer within ${timeoutMs / 1000} seconds.` : describe(error);
        return { kind: 'failed', status: null, error: words, retryAfterMs: null };
      } finally {
        cancel();
        signal.removeEventListener('abort', abort);
      }
    },
    close: () => agent.destroy(),
  };
}

/** Words for an admin: what the guard says, or the code of the connection; never what an unknown error carries. */
function describe(error: unknown): string {
  if (error instanceof SyncError) return error.message;
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? `The connection failed: ${code}.` : 'The connection failed.';
}
