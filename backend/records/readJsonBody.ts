import type { IncomingMessage } from 'node:http';
import type { JsonValue } from '../../shared/json.ts';
import { SyncError } from '../../shared/problem.ts';

/** The kinds of body that a save understands. */
export type BodyKind = 'fields' | 'mergePatch' | 'jsonPatch';

const kinds: Readonly<Record<string, BodyKind>> = {
  'application/json': 'fields',
  'application/merge-patch+json': 'mergePatch',
  'application/json-patch+json': 'jsonPatch',
};

/**
 * Says which kind of body a request carries.
 *
 * Errors  MEDIA_TYPE for another type or another character set than UTF-8, with the accepted ones
 */
export function bodyKind(contentType: string | undefined): BodyKind {
  const [type = '', ...parameters] = (contentType ?? '').split(';').map((part) => part.trim().toLowerCase());
  const kind = kinds[type];
  const charset = parameters
    .find((parameter) => parameter.startsWith('charset='))
    ?.slice(8)
    .replaceAll('"', '');
  if (kind && (charset === undefined || charset === 'utf-8' || charset === 'utf8' || charset === 'us-ascii'))
    return kind;
  const accepted = Object.keys(kinds);
  throw new SyncError(
    'MEDIA_TYPE',
    `Send ${accepted.join(', ')} in UTF-8; "${contentType ?? 'no Content-Type'}" came.`,
    {
      extensions: { accepted },
    },
  );
}

/**
 * Reads a request's body as JSON. A body that the host application parsed already is taken as it is.
 *
 * Units   maxBodyBytes bytes on the wire
 * Errors  BODY_TOO_LARGE, BODY_NOT_JSON, MEDIA_TYPE (a compressed body)
 */
export async function readJsonBody(
  request: IncomingMessage & { body?: unknown },
  maxBodyBytes: number,
): Promise<JsonValue> {
  if (request.body !== undefined && request.readableEnded) return request.body as JsonValue;
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new SyncError('MEDIA_TYPE', `Bodies are accepted as they are; "Content-Encoding: ${encoding}" came.`);
  }
  const bytes = await readBytes(request, maxBodyBytes);
  let text: string;
  try {
    // fatal: bytes that are no UTF-8 (overlong forms, halves) are refused instead of being replaced silently.
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new SyncError('BODY_NOT_JSON', 'The body is not UTF-8. Send JSON in UTF-8.', { cause });
  }
  try {
    return JSON.parse(text) as JsonValue;
  } catch (cause) {
    const reason =
      text.trim() === '' ? 'it is empty' : cause instanceof Error ? withoutContent(cause.message) : 'it cannot be read';
    throw new SyncError('BODY_NOT_JSON', `The body is not JSON: ${reason}.`, { cause });
  }
}

function readBytes(request: IncomingMessage, maxBodyBytes: number): Promise<Buffer> {
  const tooLarge = () =>
    new SyncError('BODY_TOO_LARGE', `At most ${maxBodyBytes} bytes are accepted.`, { extensions: { maxBodyBytes } });
  if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) {
    // The rest is let through unread, so that the client can read the answer instead of meeting a closed connection.
    request.resume();
    return Promise.reject(tooLarge());
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= maxBodyBytes) chunks.push(chunk);
    });
    request.once('end', () => (length > maxBodyBytes ? reject(tooLarge()) : resolve(Buffer.concat(chunks))));
    request.once('error', reject);
    // A client that went away in the middle sends neither an end nor, in every version, an error.
    request.once('close', () => {
      if (!request.readableEnded) reject(new SyncError('BODY_NOT_JSON', 'The body ended before it was complete.'));
    });
  });
}

/** V8 quotes a part of the text in its message; what a client sent stays out of answers and logs. */
function withoutContent(message: string): string {
  const position = /at position \d+/.exec(message)?.[0];
  return position ? `a mistake ${position}` : 'it ends too early or holds something unexpected';
}
