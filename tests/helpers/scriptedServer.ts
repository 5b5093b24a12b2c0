import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import type { ClientFrame } from '../../shared/protocol/frames.ts';
import { requestOfQuery, type ScriptedLog, type ScriptedReader } from './scriptedLog.ts';

/** Real sockets in front of a scripted log, which break where a test says. */
export interface ScriptedServer {
  readonly url: string;
  /** Ways that answer 503 instead of following. */
  readonly blocked: Set<'ws' | 'stream' | 'poll'>;
  /** True: what is to be told stays on the way, as behind a proxy that buffers. */
  holdBack(isHeld: boolean): void;
  /** The next connections end after so many bytes of what they tell, wherever that is; each number for one of them. */
  cutAfter(bytes: readonly number[]): void;
  /** How often each way was taken. */
  readonly taken: Record<'ws' | 'stream' | 'poll', number>;
  /** What was posted, and frames that are not `subscribe`. */
  readonly said: readonly unknown[];
  /** Ends every connection at once, without a word. */
  cutAll(): void;
  close(): Promise<void>;
}

/** Starts one. */
export async function startScriptedServer(log: ScriptedLog): Promise<ScriptedServer> {
  const blocked = new Set<'ws' | 'stream' | 'poll'>();
  const taken = { ws: 0, stream: 0, poll: 0 };
  const said: unknown[] = [];
  const sockets = new Set<Socket>();
  const cuts: number[] = [];
  const pumps = new Set<() => void>();
  let isHeld = false;
  const pumpAll = () => {
    if (!isHeld) for (const pump of pumps) pump();
  };
  log.subscribe(pumpAll);

  /** Ends a connection in the middle of a write, once its bytes are used up. */
  const cutting = (socket: Socket): void => {
    let left = cuts.shift();
    if (left === undefined) return;
    const write = socket.write.bind(socket) as (chunk: Uint8Array | string, ...rest: unknown[]) => boolean;
    socket.write = ((chunk: Uint8Array | string, ...rest: unknown[]) => {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      if (left === undefined || bytes.length <= left) {
        if (left !== undefined) left -= bytes.length;
        return write(bytes, ...rest.filter((one) => typeof one === 'function'));
      }
      write(bytes.subarray(0, left), () => socket.destroy());
      return false;
    }) as typeof socket.write;
  };

  const follow = (connection: { on(event: 'close', call: () => void): unknown }, pump: () => void) => {
    pumps.add(pump);
    connection.on('close', () => pumps.delete(pump));
    if (!isHeld) pump();
  };

  const stream = (query: URLSearchParams, response: ServerResponse): void => {
    const reader = log.open(requestOfQuery(query));
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache, no-transform' });
    if (response.socket) cutting(response.socket);
    let isBegun = false;
    follow(response, () => {
      if (!isBegun) response.write(`retry: 1000\nid: ${reader.start}\n\n`);
      isBegun = true;
      for (const event of reader.read())
        response.write(`${'cursor' in event ? `id: ${event.cursor}\n` : ''}data: ${JSON.stringify(event)}\n\n`);
    });
  };

  const poll = (query: URLSearchParams, response: ServerResponse): void => {
    const isFirst = query.get('since') === '0';
    const reader = log.open({ ...requestOfQuery(query), messages: true });
    const answer = (isLast: boolean): boolean => {
      const start = { type: 'reset', cursor: log.head, scope: 'changes', reason: 'start' };
      const messages = isFirst ? [start] : reader.read();
      if (messages.length === 0 && !isLast) return false;
      const recovered = !messages.some((event) => event.type === 'reset');
      if (response.socket) cutting(response.socket);
      const body = { success: true, messages, timestamp: 1, count: messages.length, cursor: reader.place, recovered };
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
      return true;
    };
    const waitMs = Number(query.get('wait') ?? 0) * 1000;
    if (!isHeld && answer(waitMs === 0)) return;
    const timer = setTimeout(() => answer(true), waitMs);
    const stop = () => clearTimeout(timer);
    response.on('close', stop);
    follow(response, () => {
      if (!response.writableEnded) answer(false);
    });
  };

  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const way = url.pathname.endsWith('/stream') ? 'stream' : 'poll';
    if (request.method === 'POST') {
      let text = '';
      for await (const piece of request) text += String(piece);
      said.push({ path: url.pathname, ...(JSON.parse(text) as object) });
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
      return;
    }
    taken[way] += 1;
    if (blocked.has(way)) return void response.writeHead(503).end();
    if (way === 'stream') stream(url.searchParams, response);
    else poll(url.searchParams, response);
  };

  const speak = (socket: WebSocket, raw: Socket, query: URLSearchParams): void => {
    cutting(raw);
    let reader: ScriptedReader | null = null;
    const pump = () => {
      for (const event of reader?.read() ?? []) socket.send(JSON.stringify(event));
    };
    const subscribe = (of: Parameters<ScriptedLog['open']>[0]) => {
      reader = log.open(of);
      socket.send(JSON.stringify({ type: 'subscribed', cursor: reader.start }));
    };
    socket.on('message', (data) => {
      const frame = JSON.parse(String(data)) as ClientFrame;
      if (frame.type === 'subscribe') {
        subscribe(frame);
        if (!isHeld) pump();
      } else if (frame.type === 'ping') socket.send('{"type":"pong"}');
      else said.push(frame);
    });
    socket.on('error', () => undefined);
    subscribe(requestOfQuery(query));
    follow(socket, pump);
  };

  const server = createServer((request, response) => void take(request, response));
  const upgrader = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, raw: Socket, head) => {
    taken.ws += 1;
    if (blocked.has('ws')) return void raw.end('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n');
    const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
    upgrader.handleUpgrade(request, raw, head, (socket) => speak(socket, raw, searchParams));
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cutAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    blocked,
    taken,
    said,
    holdBack(is) {
      isHeld = is;
      pumpAll();
    },
    cutAfter: (bytes) => void cuts.push(...bytes),
    cutAll,
    async close() {
      cutAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
