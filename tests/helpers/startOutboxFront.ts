import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import type { Shipped } from './startShipped.ts';

/** One try of a save, as it came from a browser; `status` null when no answer went back. */
export interface SaveTry {
  readonly path: string;
  readonly key: string;
  readonly body: string;
  readonly status: number | null;
}

/** A page with an outbox, and the shipped server behind it; between the two stands what a test does to requests. */
export interface OutboxFront {
  readonly url: string;
  readonly tries: readonly SaveTry[];
  /** The next save is stored; then `work` is done, and the answer is never given. */
  loseNextAnswer(work: () => Promise<void>): void;
  close(): Promise<void>;
}

/** Serves the page and passes everything else on, as somebody who is signed in. */
export async function startOutboxFront(shipped: Shipped): Promise<OutboxFront> {
  const script = await bundle();
  const tries: SaveTry[] = [];
  let losing: (() => Promise<void>) | null = null;

  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? '/';
    const body = await readText(request);
    const isSave = request.method !== 'GET';
    const work = isSave ? losing : null;
    if (isSave) losing = null;
    const key = String(request.headers['idempotency-key'] ?? '');
    const names = ['content-type', 'idempotency-key', 'if-match', 'prefer'];
    const given = names.flatMap((name) => {
      const value = request.headers[name];
      return typeof value === 'string' ? [[name, value] as const] : [];
    });
    const answer = await shipped
      .send(request.method ?? 'GET', path, body === '' ? undefined : JSON.parse(body), Object.fromEntries(given))
      .catch(() => null);
    const text = (await answer?.text().catch(() => null)) ?? '';
    const isLost = answer === null || work !== null;
    if (isSave) tries.push({ path, key, body, status: isLost ? null : answer.status });
    await work?.();
    if (isLost) {
      request.socket.destroy();
      return;
    }
    const told = ['content-type', 'etag', 'sync-outcome'].flatMap((name) => {
      const value = answer.headers.get(name);
      return value === null ? [] : [[name, value] as const];
    });
    response.writeHead(answer.status, Object.fromEntries(told)).end(text);
  };
  const server = createServer((request, response) => {
    if (request.url === '/') {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><script src="/page.js"></script>');
    } else if (request.url === '/page.js') {
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
    } else if (request.url?.startsWith('/api/')) {
      pass(request, response).catch(() => request.socket.destroy());
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    tries,
    loseNextAnswer(work) {
      losing = work;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The page and the client from their sources, in one file. */
async function bundle(): Promise<string> {
  const made = await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      minify: false,
      lib: {
        entry: fileURLToPath(new URL('outboxPage.ts', import.meta.url)),
        formats: ['iife'],
        name: 'outboxPageScript',
      },
    },
  });
  const [first] = Array.isArray(made) ? made : [];
  const chunk = first?.output[0];
  if (!chunk) throw new Error('The page of the outbox was not built');
  return chunk.code;
}

async function readText(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}
