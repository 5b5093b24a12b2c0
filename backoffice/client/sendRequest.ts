import { isJsonObject, type JsonValue } from '../../shared/json.ts';
import type { Clock } from './clock.ts';
import { absoluteUrl } from './recordUrl.ts';
import type { SyncProblem } from './SyncRequestError.ts';

/** How requests reach the backend. */
export interface Transport {
  readonly backendUrl: string;
  /** Milliseconds. */
  readonly timeoutMs: number;
  readonly token: string | undefined;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
}

/** What came back; `lost` when nobody knows whether the request arrived. */
export type Answer =
  | { readonly kind: 'lost'; readonly problem: SyncProblem }
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly headers: Headers;
      readonly body: JsonValue | undefined;
      /** Null for 2xx. */
      readonly problem: SyncProblem | null;
      readonly retryAfterMs: number | null;
    };

/** Sends one request and reads its whole answer; never throws. */
export async function sendRequest(
  transport: Transport,
  request: { url: string; method: string; headers: Readonly<Record<string, string>>; body?: string | null },
  gone?: AbortSignal,
): Promise<Answer> {
  const abort = new AbortController();
  const giveUp = () => abort.abort();
  gone?.addEventListener('abort', giveUp);
  // It may have been given up while it stood in line: then somebody else may be signed in by now.
  if (gone?.aborted) giveUp();
  let isLate = false;
  const stopTimer = transport.clock.after(transport.timeoutMs, () => {
    isLate = true;
    abort.abort();
  });
  try {
    const response = await transport.fetch(absoluteUrl(transport.backendUrl, request.url), {
      method: request.method,
      headers: { ...request.headers, ...(transport.token ? { Authorization: `Bearer ${transport.token}` } : {}) },
      body: request.body ?? null,
      credentials: transport.token ? 'omit' : transport.backendUrl === '' ? 'same-origin' : 'include',
      cache: 'no-store',
      signal: abort.signal,
    });
    // Inside the try: a body that breaks off is as lost as a request without an answer.
    const text = await response.text();
    return readAnswer(response, text, transport.clock.now());
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return {
      kind: 'lost',
      problem: isLate
        ? {
            code: 'TIMED_OUT',
            title: 'The server did not answer in time',
            status: 0,
            detail: `No answer within ${transport.timeoutMs} ms.`,
          }
        : { code: 'NETWORK_FAILED', title: 'The server cannot be reached', status: 0, detail: reason },
    };
  } finally {
    stopTimer();
    gone?.removeEventListener('abort', giveUp);
  }
}

function readAnswer(response: Response, text: string, nowMs: number): Answer {
  const body = parse(text);
  const answer = {
    kind: 'answered',
    status: response.status,
    headers: response.headers,
    retryAfterMs: retryAfter(response.headers, nowMs),
  } as const;
  if (!response.ok) return { ...answer, body, problem: toProblem(response, body) };
  // A login page or a proxy's HTML with status 200 is no answer to a save, and must not count as one.
  const isUnreadable = text.trim() !== '' && body === undefined;
  return { ...answer, body, problem: isUnreadable ? unreadable(response) : null };
}

function toProblem(response: Response, body: JsonValue | undefined): SyncProblem {
  if (isJsonObject(body) && typeof body['code'] === 'string' && typeof body['title'] === 'string') {
    return { ...body, code: body['code'], title: body['title'], status: response.status };
  }
  return {
    code: 'HTTP_ERROR',
    title: 'The server refused the request',
    status: response.status,
    detail: `HTTP ${response.status}`,
  };
}

function unreadable(response: Response): SyncProblem {
  const type = response.headers.get('Content-Type') ?? 'no Content-Type';
  return {
    code: 'ANSWER_UNREADABLE',
    title: 'The answer is not JSON',
    status: response.status,
    detail: `Expected JSON, ${type} came.`,
  };
}

function parse(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined; // The caller tells an empty body from a broken one.
  }
}

function retryAfter(headers: Headers, nowMs: number): number | null {
  const value = headers.get('Retry-After');
  if (value === null) return null;
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - nowMs;
  // Ten minutes at most: a wrong clock or header must not silence a save for a day.
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), 600_000) : null;
}
