import type { RunningApp } from '../runApp.ts';

/** What a route answered. */
export interface Answer {
  readonly status: number;
  readonly outcome: string | null;
  readonly etag: string | null;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Sends a GET, or a PUT when there is a body, as a browser would. */
export async function send(
  app: RunningApp,
  path: string,
  body?: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const sent = {
    method: 'PUT',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
  const response = await fetch(`${app.url}${path}`, body === undefined ? { headers } : sent);
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return {
    status: response.status,
    outcome: response.headers.get('sync-outcome'),
    etag: response.headers.get('etag'),
    body: (isJson ? JSON.parse(text) : { text }) as Record<string, unknown>,
  };
}
