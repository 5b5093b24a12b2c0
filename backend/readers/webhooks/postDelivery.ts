import { Agent, request, type Dispatcher } from 'undici';
import { SyncError } from '../../../shared/problem.ts';
import type { WebhookHeaders } from '../../../shared/webhooks/index.ts';
import type { ReceivedAnswer } from '../../log/deliveryLog.ts';
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
 * How an attempt ended. `gone` is the receiver's word that it wants nothing any more, `refused` that the address may not be called.
 *
 * Shape   shownVersion is what the receiver says it serves from now on
 * Units   retryAfterMs milliseconds, when the receiver asked to wait
 */
export type PostOutcome =
  | {
      readonly kind: 'delivered' | 'gone' | 'failed' | 'refused';
      readonly status: number | null;
      /** Null when the receiver took it, or said that it is gone. */
      readonly error: string | null;
      readonly retryAfterMs: number | null;
      readonly shownVersion: number | null;
      readonly answer: ReceivedAnswer | null;
    }
  | { readonly kind: 'aborted' };

/** Sends to receivers, through the guard. */
export interface Poster {
  /** Makes one attempt; never throws for what a receiver does. The controller ends it as `aborted`, or as failed with the reason `cut`. */
  post(attempt: PostRequest, call: AbortController): Promise<PostOutcome>;
  close(): Promise<void>;
}

/** What every call carries beside its signature. */
export const fixedHeaders = { 'content-type': 'application/json', 'user-agent': 'backoffice-sync' } as const;

/** The time in which a receiver has to answer, in milliseconds. */
const timeoutMs = 15_000;
/** What is read and kept of an answer, in bytes. */
const maxAnswerBytes = 4_096;
/** Headers of an answer that say something to an admin; others may hold what is none of his business. */
const keptHeaders = ['content-type', 'date', 'location', 'retry-after', 'server', 'x-request-id', 'x-sync-shown'];

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
    const received = await request(target, {
      method: 'POST',
      headers: { ...headers, ...fixedHeaders },
      body,
      dispatcher: agent,
      signal,
    });
    const { statusCode: status } = received;
    const isEmpty = status === 204 || received.headers['content-length'] === '0';
    const answer = { headers: pickHeaders(received.headers), ...(await readBody(received.body, isEmpty)) };
    const said = { status, answer, retryAfterMs: null, shownVersion: null, error: null };
    if (status >= 200 && status < 300)
      return { ...said, kind: 'delivered', shownVersion: readVersion(answer.headers['x-sync-shown']) };
    if (status === 410) return { ...said, kind: 'gone' };
    const retryAfterMs = parseRetryAfter(answer.headers['retry-after'], now());
    const redirect =
      status >= 300 && status < 400 ? ' Redirects are not followed: register the address that it leads to.' : '';
    return { ...said, kind: 'failed', error: `The receiver answered ${status}.${redirect}`, retryAfterMs };
  }

  return {
    async post(attempt, call) {
      const { signal } = call;
      const startedAt = now();
      const cancel = timers.after(timeoutMs, () => call.abort('timeout'));
      try {
        return signal.aborted ? { kind: 'aborted' } : await send(attempt, signal);
      } catch (error) {
        const isTimeout = signal.reason === 'timeout' || signal.reason === 'cut';
        if (signal.aborted && !isTimeout) return { kind: 'aborted' };
        const kind = error instanceof SyncError && !isTimeout ? 'refused' : 'failed';
        const waitedMs = signal.reason === 'cut' ? now() - startedAt : timeoutMs;
        const words = isTimeout ? `No answer within ${Math.round(waitedMs / 1000)} seconds.` : describe(error);
        return { kind, status: null, error: words, retryAfterMs: null, shownVersion: null, answer: null };
      } finally {
        cancel();
      }
    },
    close: () => agent.destroy(),
  };
}

/** The beginning of a body. The verdict is in the status: an answer that breaks off or never ends changes nothing about it. */
async function readBody(
  body: Dispatcher.ResponseData['body'],
  isEmpty: boolean,
): Promise<Pick<ReceivedAnswer, 'body' | 'bodyBytes'>> {
  if (isEmpty) {
    await body.dump().catch(() => undefined);
    return { body: '', bodyBytes: 0 };
  }
  const chunks: Buffer[] = [];
  let size = 0;
  let isWhole = false;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      // Leaving the loop ends the connection: what a stranger goes on sending is not waited for.
      if (size > maxAnswerBytes) break;
    }
    isWhole = size <= maxAnswerBytes;
  } catch {
    // Said above.
  }
  const text = Buffer.concat(chunks).subarray(0, maxAnswerBytes).toString('utf8');
  return { body: text, bodyBytes: isWhole ? size : null };
}

function pickHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of keptHeaders) {
    const value = headers[name];
    if (value !== undefined) kept[name] = String(value).slice(0, 500);
  }
  return kept;
}

function readVersion(header: string | undefined): number | null {
  return header !== undefined && /^\d{1,15}$/.test(header) ? Number(header) : null;
}

/** Words for an admin: what the guard says, or the code of the connection; never what an unknown error carries. */
function describe(error: unknown): string {
  if (error instanceof SyncError) return error.message;
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? `The connection failed: ${code}.` : 'The connection failed.';
}
