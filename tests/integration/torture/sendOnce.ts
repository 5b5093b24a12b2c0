import { Agent, request as httpRequest } from 'node:http';
import type { JsonObject } from '../../../shared/json.ts';

/** One request as it goes over the socket. */
export interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** What came back. */
export interface Answered {
  readonly status: number;
  readonly etag: string | null;
  readonly isReplayed: boolean;
  readonly body: JsonObject;
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** Sends a request and reads its answer. */
export function sendOnce({ method, url, headers, body }: Sent): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const sending = httpRequest(url, { method, headers: lengthOf(headers, body), agent }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => void parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(parts).toString('utf8');
        resolve({
          status: response.statusCode ?? 0,
          etag: response.headers.etag ?? null,
          isReplayed: response.headers['idempotent-replayed'] === 'true',
          body: (text === '' ? {} : JSON.parse(text)) as JsonObject,
        });
      });
    });
    sending.on('error', reject);
    sending.end(body ?? undefined);
  });
}

/** Sends a request and tears the connection once it is written: whether the server took it, nobody knows. */
export function sendAndTear({ method, url, headers, body }: Sent): Promise<void> {
  return new Promise((resolve) => {
    const sending = httpRequest(url, { method, headers: lengthOf(headers, body), agent: false });
    sending.on('error', () => resolve());
    sending.on('close', () => resolve());
    sending.end(body ?? undefined, () => sending.destroy());
  });
}

/** Gives the connections back. */
export function closeConnections(): void {
  agent.destroy();
}

function lengthOf(headers: Sent['headers'], body: string | null): Record<string, string | number> {
  return body === null ? { ...headers } : { ...headers, 'content-length': Buffer.byteLength(body) };
}
