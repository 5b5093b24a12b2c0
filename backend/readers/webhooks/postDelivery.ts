import { Agent } from 'undici';
import { SyncError } from '../../../shared/problem.ts';
import type { WebhookHeaders } from '../../../shared/webhooks/index.ts';
import type { ReceivedAnswer } from '../../log/deliveryLog.ts';
import type { AddressGuard } from './addressGuard.ts';
import type { Call } from './call.ts';
import { createDeadlines } from './deadlines.ts';
import { ReceiveAnswer, type Received } from './receiveAnswer.ts';
import { parseRetryAfter } from './retrySchedule.ts';
import type { Timers } from './timers.ts';
import type { Endpoint } from './webhooksResource.ts';

/** What travels in the head of every call. */
export type SentHeaders = { readonly [Name in keyof (WebhookHeaders & typeof fixedHeaders)]: string };

/** One attempt. */
export interface PostRequest {
  readonly endpoint: Endpoint;
  readonly headers: SentHeaders;
  readonly body: Buffer;
}

/**
 * How an attempt ended. `gone` is the receiver's word that it wants nothing any more, `refused` that the address may not be called.
 *
 * Shape   shownVersion is what the receiver says it serves from now on; `isCounted` false for a failure that says nothing about
 *         the receiver, which was not called
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
      readonly isCounted: boolean;
      readonly answer: ReceivedAnswer | null;
    }
  | { readonly kind: 'aborted' };

/** Sends to receivers, through the guard. */
export interface Poster {
  /** Makes one attempt; never throws for what a receiver does. A call that is ended is `aborted`, or failed when it was `cut`. */
  post(attempt: PostRequest, call: Call): Promise<PostOutcome>;
  close(): Promise<void>;
}

/** What every call carries beside its signature. */
export const fixedHeaders = { 'content-type': 'application/json', 'user-agent': 'backoffice-sync' } as const;

/** The time in which a receiver has to answer, in milliseconds. */
const timeoutMs = 15_000;
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
  const deadlines = createDeadlines<Call>({ timers, now, afterMs: timeoutMs, onOver: (call) => call.end('timeout') });
  // What the text of an address says is judged once for an endpoint as it is stored now; names are judged at each connection.
  const targets = new WeakMap<Endpoint, Target>();

  function targetOf(endpoint: Endpoint): Target {
    const known = targets.get(endpoint);
    if (known) return known;
    const { origin, pathname, search } = guard.checkText(endpoint.url);
    const target = { origin, path: `${pathname}${search}` };
    targets.set(endpoint, target);
    return target;
  }

  function toOutcome(received: Received, call: Call, startedAt: number): PostOutcome {
    if (received.status === null) return withoutAnswer(received, call, now() - startedAt);
    const { status, answer } = received;
    const said = { status, answer, retryAfterMs: null, shownVersion: null, error: null, isCounted: true };
    if (status >= 200 && status < 300)
      return { ...said, kind: 'delivered', shownVersion: readVersion(answer.headers['x-sync-shown']) };
    if (status === 410) return { ...said, kind: 'gone' };
    const retryAfterMs = parseRetryAfter(answer.headers['retry-after'], now());
    const redirect =
      status >= 300 && status < 400 ? ' Redirects are not followed: register the address that it leads to.' : '';
    return { ...said, kind: 'failed', error: `The receiver answered ${status}.${redirect}`, retryAfterMs };
  }

  return {
    post({ endpoint, headers, body }, call) {
      return new Promise((resolve) => {
        if (call.ended !== null) return resolve({ kind: 'aborted' });
        const startedAt = now();
        const group = deadlines.add(call);
        const done = (received: Received): void => {
          deadlines.remove(group, call);
          resolve(toOutcome(received, call, startedAt));
        };
        try {
          const { origin, path } = targetOf(endpoint);
          agent.dispatch({ origin, path, method: 'POST', headers, body }, new ReceiveAnswer(call, done));
        } catch (error) {
          // Refused before there was anything to send: by the guard, or by the client.
          done({ status: null, error, isConnected: false });
        }
      });
    },
    close: () => agent.destroy(),
  };
}

/** Where an address leads, in the parts that the client asks for. */
interface Target {
  readonly origin: string;
  readonly path: string;
}

function withoutAnswer(
  { error, isConnected }: Extract<Received, { status: null }>,
  { ended }: Call,
  waitedMs: number,
): PostOutcome {
  if (ended === 'stopped') return { kind: 'aborted' };
  const rest = { status: null, retryAfterMs: null, shownVersion: null, isCounted: true, answer: null };
  // The code stands in the words, as that of a connection does: what shows them tells the cases apart by it.
  if (ended === null && error instanceof SyncError && error.code === 'NAME_UNANSWERED')
    return { ...rest, kind: 'failed', isCounted: false, error: `${error.code}: ${error.message}` };
  if (ended === null)
    return { ...rest, kind: error instanceof SyncError ? 'refused' : 'failed', error: describe(error) };
  const seconds = Math.round((ended === 'cut' ? waitedMs : timeoutMs) / 1000);
  // Its place was needed for others before there was a connection: whose fault that was is not known.
  const isCounted = ended !== 'cut' || isConnected;
  return { ...rest, kind: 'failed', isCounted, error: `No answer within ${seconds} seconds.` };
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
