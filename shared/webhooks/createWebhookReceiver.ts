import type { JsonValue } from '../json.ts';
import { SyncError } from '../problem.ts';
import { readReceiverOptions, tellConsole, type WebhookReceiverOptions } from './receiverOptions.ts';
import { readMessage, type ReceivedMessage } from './receivedChange.ts';
import { readNodeBody, sendNodeAnswer, type NodeRequest, type NodeResponse } from './nodeRequest.ts';
import { resetMark, readReset, resetKey } from './resetMark.ts';
import { createResetTurns } from './resetTurns.ts';
import { parseSecret } from './signingKey.ts';
import { takeChange, type Bringing, type TakingOptions } from './takeChange.ts';
import { verifyWebhook } from './verifyWebhook.ts';
import { refuseLate, withinTime } from './withinTime.ts';
import { bodyTooLarge, refusedAnswer, takenAnswer, type WebhookAnswer } from './webhookAnswer.ts';
import type { ReceivedHeaders } from './webhookHeaders.ts';
import { readWebBody, toWebResponse, type WebRequest, type WebResponse } from './webRequest.ts';

/** A call as it came in, whatever the server is. */
export interface ReceivedCall {
  /** Default POST. */
  readonly method?: string;
  readonly headers: ReceivedHeaders;
  /** The bytes as they came, or their text. */
  readonly body: string | Uint8Array;
}

/** Takes deliveries over into a site. Its functions need no `this`. */
export interface WebhookReceiver {
  /** Takes one call and says what to answer. Never throws. */
  readonly receive: (call: ReceivedCall) => Promise<WebhookAnswer>;
  /** For a route of the web platform: `export const POST = receiver.handleRequest` in Next.js, `receiver.handleRequest(c.req.raw)` in Hono. */
  readonly handleRequest: (request: WebRequest) => Promise<WebResponse>;
  /** For Express 4 and 5 and Node's own server; before any body parser: `app.post('/hook', receiver.express())`. */
  readonly express: () => (request: NodeRequest, response: NodeResponse) => void;
  /** Resolves when nothing runs in the background any more; for `waitUntil` of a worker. */
  readonly idle: () => Promise<void>;
}

/**
 * Makes the receiver of a site: it verifies, drops what is a repeat or older, and calls the handlers, one delivery of a record at a time.
 *
 * Shape   answers 200 `{ outcome }` with `X-Sync-Shown`, or a problem: 400 BODY_NOT_JSON, 401 SIGNATURE_INVALID with `reason`,
 *         405 METHOD_NOT_ALLOWED, 413 BODY_TOO_LARGE, 500 after a failed handler and for a reset without `onReset`, which makes the sender
 *         come again
 * Errors  OPTION_UNKNOWN, OPTION_INVALID at once
 */
export function createWebhookReceiver(options: WebhookReceiverOptions): WebhookReceiver {
  const { secretsOf, store, maxBodyBytes, now, onError: tellError, ...handlers } = readReceiverOptions(options);
  const onError = (error: unknown): void => void tellSafely(tellError, error);
  const running = new Set<Promise<void>>();
  const turns = createResetTurns({
    change: { limitMs: handlers.changeTimeoutMs, words: 'onChange, or what it needs, did not end within changeTimeoutMs: the call is refused, and comes again.' },
    reset: { limitMs: handlers.resetTimeoutMs, words: 'onReset did not end within resetTimeoutMs: the reset is refused, and comes again.' },
  }); // prettier-ignore
  const testLimit = { limitMs: handlers.changeTimeoutMs, words: 'onTest did not end within changeTimeoutMs: the test is refused.' }; // prettier-ignore
  const taking: TakingOptions = {
    store,
    turns,
    onChange: handlers.onChange,
    onHole: handlers.onHole,
    fetchRecord: handlers.fetchRecord,
    holeLimit: { limitMs: handlers.changeTimeoutMs, words: 'onHole, or fetchRecord after it, did not end within changeTimeoutMs: the hole is left as it is.' }, // prettier-ignore
    later(task) {
      const run: Promise<void> = task()
        .catch(onError)
        .finally(() => running.delete(run));
      running.add(run);
    },
  };

  async function verified({ headers, body }: ReceivedCall): Promise<Bringing> {
    const secrets = secretsOf();
    if (!Array.isArray(secrets) || !secrets.some((secret) => parseSecret(secret) !== null))
      throw new Error('createWebhookReceiver: "secrets" gave no secret: "whsec_" and base64 were expected.');
    const verdict = await verifyWebhook({ headers, body, secrets, now: new Date(now()) });
    if (verdict.ok) return { messageId: verdict.id, signedAt: verdict.timestamp.getTime() / 1000 };
    throw new SyncError('SIGNATURE_INVALID', refusals[verdict.reason], { extensions: { reason: verdict.reason } });
  }

  async function take(message: ReceivedMessage, bringing: Bringing): Promise<WebhookAnswer> {
    switch (message.kind) {
      case 'ignored':
        return takenAnswer('ignored');
      case 'test':
        await withinTime(testLimit, async (handling) => handlers.onTest?.({ message: message.message }, handling));
        return takenAnswer('tested');
      case 'reset':
        return turns.alone(async (handling) => {
          const [last, begun] = [await readReset(store), now()];
          if (last?.messageId === bringing.messageId) return takenAnswer('duplicate');
          // The sender forgets what waited once a reset was taken: it must not believe that of a site that did nothing.
          if (!handlers.onReset) throw new SyncError('INTERNAL', 'This site may have missed something and cannot read everything again: createWebhookReceiver needs "onReset".'); // prettier-ignore
          refuseLate(handling);
          const read = await handlers.onReset(message.reset, handling);
          const cursors = [message.reset.cursor, typeof read === 'string' ? read : null];
          refuseLate(handling);
          await store.set(resetKey, resetMark(last, { ...bringing, cursors, tookMs: now() - begun }));
          return takenAnswer('applied');
        });
      case 'change': {
        const { outcome, shown } = await takeChange(taking, message.change, bringing);
        return takenAnswer(outcome, shown);
      }
    }
  }

  async function answer(read: () => ReceivedCall | Promise<ReceivedCall>, method: string): Promise<WebhookAnswer> {
    try {
      if (method !== 'POST') throw new SyncError('METHOD_NOT_ALLOWED', 'This address takes POST.', { extensions: { allowed: ['POST'] } }); // prettier-ignore
      const call = await read();
      if (bytesOf(call.body) > maxBodyBytes) throw bodyTooLarge(maxBodyBytes);
      const bringing = await verified(call);
      return await take(readMessage(parse(call.body)), bringing);
    } catch (error) {
      // What came from outside is answered; what went wrong in here is for the site's own log too.
      if (!(error instanceof SyncError) || error.status >= 500) onError(error);
      return refusedAnswer(error);
    }
  }

  return {
    receive: (call) => answer(() => call, call.method ?? 'POST'),
    handleRequest: async (request) => {
      const read = async () => ({ headers: request.headers, body: await readWebBody(request, maxBodyBytes) });
      return toWebResponse(await answer(read, request.method));
    },
    express: () => (request, response) => {
      const read = async () => ({ headers: request.headers, body: await readNodeBody(request, maxBodyBytes) });
      answer(read, request.method ?? '')
        .then((given) => sendNodeAnswer(response, given))
        .catch(onError);
    },
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}

/** What hears of errors may fail too, at once or by a promise: that costs neither the answer nor the process. */
async function tellSafely(tell: (error: unknown) => unknown, error: unknown): Promise<void> {
  try {
    await tell(error);
  } catch (failure) {
    tellConsole(error);
    tellConsole(failure);
  }
}

const refusals = {
  headers: 'The headers webhook-id, webhook-timestamp and webhook-signature are needed, each once.',
  timestamp: 'webhook-timestamp has to be whole seconds since 1970.',
  tooOld: 'webhook-timestamp is more than 5 minutes ago. Sign each attempt afresh, and compare the clocks.',
  tooNew: 'webhook-timestamp is more than 5 minutes ahead. Compare the clocks.',
  secrets: 'The receiver has no secret.',
  body: 'The raw body is missing.',
  signature:
    'No signature fits the body and the secret. Somebody changed the body on its way, or the secret is another one.',
} as const;

function bytesOf(body: string | Uint8Array): number {
  return typeof body === 'string' ? new TextEncoder().encode(body).length : body.length;
}

function parse(body: string | Uint8Array): JsonValue {
  try {
    return JSON.parse(
      typeof body === 'string' ? body : new TextDecoder('utf-8', { fatal: true }).decode(body),
    ) as JsonValue;
  } catch (cause) {
    throw new SyncError('BODY_NOT_JSON', 'The body is signed, but it is not JSON in UTF-8.', { cause });
  }
}
