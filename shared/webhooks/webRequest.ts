import { bodyTooLarge, rawBodyMissing, type WebhookAnswer } from './webhookAnswer.ts';

/** A request of the web platform, as Next.js, Hono, Workers and `fetch` servers have it; no more of it than is used. */
export interface WebRequest {
  readonly method: string;
  readonly headers: { get(name: string): string | null };
  readonly bodyUsed: boolean;
  readonly body: {
    getReader(): {
      read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
      cancel(): Promise<void>;
    };
  } | null;
}

/** The platform's `Response` where its types are known. */
export type WebResponse = typeof globalThis extends { Response: { prototype: infer R } }
  ? R
  : { readonly status: number; text(): Promise<string> };

/**
 * Reads the bytes of a request, no more than are accepted.
 *
 * Errors  BODY_TOO_LARGE, RAW_BODY_MISSING
 */
export async function readWebBody(request: WebRequest, maxBodyBytes: number): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBodyBytes) throw bodyTooLarge(maxBodyBytes);
  if (request.bodyUsed) throw rawBodyMissing();
  const reader = request.body?.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true };
    if (done || value === undefined) return joinBytes(chunks, length);
    length += value.length;
    if (length > maxBodyBytes) {
      // What it was going to say does not matter any more, nor whether it could be told to stop.
      void reader?.cancel().catch(() => undefined);
      throw bodyTooLarge(maxBodyBytes);
    }
    chunks.push(value);
  }
}

/** Pieces as one. */
export function joinBytes(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** An answer as the platform's `Response`. */
export function toWebResponse({ status, headers, body }: WebhookAnswer): WebResponse {
  return new Response(body, { status, headers }) as WebResponse;
}
