import { SyncError } from '../problem.ts';
import { bodyTooLarge, rawBodyMissing, type WebhookAnswer } from './webhookAnswer.ts';
import { joinBytes } from './webRequest.ts';

/** A request of Node's server, and so of Express 4 and 5; no more of it than is used. */
export interface NodeRequest {
  readonly method?: string | undefined;
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
  /** What a body parser has put there. */
  readonly body?: unknown;
  /** What some hosts keep of the body beside the parsed one. */
  readonly rawBody?: unknown;
  readonly readableEnded: boolean;
  resume(): unknown;
  on(event: 'data', listener: (chunk: Uint8Array) => void): unknown;
  on(event: 'end' | 'close', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** A response of Node's server. */
export interface NodeResponse {
  statusCode: number;
  readonly headersSent?: boolean;
  setHeader(name: string, value: string): unknown;
  end(body: string): unknown;
}

/**
 * Reads the bytes of a request, no more than are accepted. Bytes that `express.raw` or a host has kept are taken as they are.
 *
 * Errors  BODY_TOO_LARGE, RAW_BODY_MISSING when a parser has read them, BODY_NOT_JSON when the sender broke off
 */
export async function readNodeBody(request: NodeRequest, maxBodyBytes: number): Promise<Uint8Array | string> {
  const kept = [request.rawBody, request.body].find((body) => body instanceof Uint8Array || typeof body === 'string');
  if (kept !== undefined) {
    const body = kept as Uint8Array | string;
    if (body.length > maxBodyBytes) throw bodyTooLarge(maxBodyBytes);
    return body;
  }
  if (request.readableEnded) throw rawBodyMissing();
  if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) {
    // The rest is let through unread, so that the sender can read the answer instead of meeting a closed connection.
    request.resume();
    throw bodyTooLarge(maxBodyBytes);
  }
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    request.on('data', (chunk) => {
      length += chunk.length;
      if (length <= maxBodyBytes) chunks.push(chunk);
    });
    request.on('end', () =>
      length > maxBodyBytes ? reject(bodyTooLarge(maxBodyBytes)) : resolve(joinBytes(chunks, length)),
    );
    request.on('error', reject);
    request.on('close', () => reject(new SyncError('BODY_NOT_JSON', 'The body ended before it was complete.')));
  });
}

/** Sends an answer, unless somebody else has sent one: a time limit of the site, which makes the sender come again. */
export function sendNodeAnswer(response: NodeResponse, { status, headers, body }: WebhookAnswer): void {
  if (response.headersSent === true) return;
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end(body);
}
