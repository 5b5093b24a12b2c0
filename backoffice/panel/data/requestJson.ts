/** Plain requests of the panel beside the save queue: reading, sign-in, the description of the resources. */
import { SyncRequestError, type SyncProblem } from '../../client/SyncRequestError.ts';

/** An answer that was not refused. */
export interface Answer {
  /** `null` without a body. */
  readonly body: unknown;
  readonly headers: Headers;
}

/** Asks the API and gives the JSON of the answer. */
export async function requestJson(url: string, init?: RequestInit): Promise<unknown> {
  return (await send(url, init)).body;
}

/**
 * Asks the API and gives the answer with its headers.
 *
 * Errors  SyncRequestError with the server's problem; status 0 when nothing answered
 */
export async function send(url: string, init: RequestInit = {}): Promise<Answer> {
  const headers = new Headers(init.headers);
  headers.set('accept', 'application/json');
  if (init.body != null) headers.set('content-type', 'application/json');
  const response = await ask(url, { ...init, headers, credentials: 'include' });
  const body = response.status === 204 ? null : await readBody(response);
  if (!response.ok) throw new SyncRequestError(toProblem(response, body));
  return { body, headers: response.headers };
}

async function ask(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (cause) {
    throw new SyncRequestError({ code: 'NETWORK_FAILED', title: 'No answer', status: 0 }, { cause });
  }
}

async function readBody(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (cause) {
    const code = response.ok ? 'ANSWER_UNREADABLE' : 'HTTP_ERROR';
    throw new SyncRequestError({ code, title: 'Not JSON', status: response.status }, { cause });
  }
}

function toProblem(response: Response, body: unknown): SyncProblem {
  const known = typeof body === 'object' && body !== null ? (body as Partial<SyncProblem>) : {};
  return { ...known, code: known.code ?? 'HTTP_ERROR', title: known.title ?? '', status: response.status };
}
