import type { ClientFrame } from '../../shared/protocol/frames.ts';
import { requestOfQuery, type ScriptedLog, type ScriptedReader } from './scriptedLog.ts';

/** How a way to the server behaves: `hangs` takes connections and never answers. */
export type Way = 'open' | 'refused' | 'hangs';

/** One thing that travels from the server: bytes of a stream, or one frame of a socket. */
interface Pipe {
  readonly kind: 'websocket' | 'sse' | 'poll';
  /** Puts what the server has to say into the pipe. */
  pump(): void;
  /** The heartbeat of the server, with the place of the reader. */
  beat(): void;
  /** Lets at most so many bytes arrive; a frame arrives whole or not. */
  deliver(bytes: number): void;
  /** Breaks the connection; what is still in the pipe is lost. */
  cut(): void;
}

/** A network in memory between a connection and a scripted log, in which nothing moves until a test says so. */
export interface ScriptedNetwork {
  readonly ways: Record<'websocket' | 'sse' | 'poll', Way>;
  readonly pipes: ReadonlySet<Pipe>;
  readonly WebSocket: typeof WebSocket;
  readonly fetch: typeof fetch;
  /** How often each way was tried. */
  readonly tries: Record<'websocket' | 'sse' | 'poll', number>;
  /** What was posted, and the frames that are not `subscribe`. */
  readonly said: readonly unknown[];
  /** What the server answers instead of following: a status with a problem. */
  refusal: ((query: URLSearchParams) => { status: number; code: string } | null) | null;
  /** Lets everything move until nothing does any more. */
  flush(): Promise<void>;
}

/** Lets promises and streams of Node get on; no time passes for the code under test. */
export async function breathe(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Makes a network. */
export function createScriptedNetwork(log: ScriptedLog): ScriptedNetwork {
  const pipes = new Set<Pipe>();
  const said: unknown[] = [];
  const ways: ScriptedNetwork['ways'] = { websocket: 'open', sse: 'open', poll: 'open' };
  const tries: ScriptedNetwork['tries'] = { websocket: 0, sse: 0, poll: 0 };

  class StandInWebSocket {
    readyState = 0;
    onopen: (() => void) | null = null;
    onmessage: ((event: { data: unknown }) => void) | null = null;
    onclose: ((event: { code: number; reason: string }) => void) | null = null;
    onerror: (() => void) | null = null;
    readonly inbox: ClientFrame[] = [];
    readonly #pipe: Pipe;

    constructor(url: string) {
      tries.websocket += 1;
      const way = ways.websocket;
      const query = new URL(url).searchParams;
      const frames: string[] = [];
      let reader: ScriptedReader | null = null;
      let isAsked = false;
      const subscribe = (request: Parameters<ScriptedLog['open']>[0], of: URLSearchParams) => {
        const refused = network.refusal?.(of) ?? null;
        if (refused) {
          frames.push(JSON.stringify({ type: 'error', problem: { ...refused, type: '', title: refused.code } }));
          frames.push(`close ${4000 + refused.status}`);
          reader = null;
          return;
        }
        reader = log.open(request);
        frames.push(JSON.stringify({ type: 'subscribed', cursor: reader.start }));
      };
      const end = (code: number) => {
        pipes.delete(pipe);
        this.readyState = 3;
        this.onclose?.({ code, reason: '' });
      };
      const pipe: Pipe = {
        kind: 'websocket',
        pump: () => {
          if (way !== 'open') return;
          if (this.readyState === 0) {
            this.readyState = 1;
            this.onopen?.();
          }
          if (!isAsked) subscribe(requestOfQuery(query), query);
          isAsked = true;
          for (const frame of this.inbox.splice(0)) {
            // What is on its way under the old subscription arrives before the answer.
            if (frame.type === 'subscribe') {
              for (const event of reader?.read() ?? []) frames.push(JSON.stringify(event));
              subscribe(frame, new URLSearchParams({ resources: (frame.resources ?? []).join(',') }));
            } else if (frame.type === 'ping') frames.push('{"type":"pong"}');
            else said.push(frame);
          }
          for (const event of reader?.read() ?? []) frames.push(JSON.stringify(event));
        },
        beat: () => {
          if (reader) frames.push(JSON.stringify({ type: 'place', cursor: reader.place }));
        },
        deliver: (bytes) => {
          let left = bytes;
          for (;;) {
            const frame = frames[0];
            if (frame === undefined || frame.length > left || this.readyState !== 1) return;
            left -= frame.length;
            frames.shift();
            if (frame.startsWith('close ')) return end(Number(frame.slice(6)));
            this.onmessage?.({ data: frame });
          }
        },
        cut: () => end(1006),
      };
      this.#pipe = pipe;
      if (way === 'refused') queueMicrotask(() => end(1006));
      else pipes.add(pipe);
    }

    send(text: string): void {
      this.inbox.push(JSON.parse(text) as ClientFrame);
    }

    close(): void {
      // What was said before a close still arrives.
      if (this.readyState === 1)
        said.push(...this.inbox.splice(0).filter(({ type }) => type === 'presence' || type === 'send'));
      this.readyState = 2;
      pipes.delete(this.#pipe);
    }
  }

  const openStream = (query: URLSearchParams, signal: AbortSignal): Response => {
    const reader = log.open(requestOfQuery(query));
    let bytes = Buffer.from(`retry: 1000\nid: ${reader.start}\n\n`);
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        const pipe: Pipe = {
          kind: 'sse',
          pump() {
            const blocks = reader.read().map((event) => {
              const id = 'cursor' in event ? `id: ${event.cursor}\n` : '';
              return `${id}data: ${JSON.stringify(event)}\n\n`;
            });
            bytes = Buffer.concat([bytes, Buffer.from(blocks.join(''))]);
          },
          beat() {
            bytes = Buffer.concat([bytes, Buffer.from(`id: ${reader.place}\n\n`)]);
          },
          deliver(count) {
            if (!pipes.has(pipe)) return;
            const piece = bytes.subarray(0, count);
            bytes = bytes.subarray(count);
            if (piece.length > 0) controller.enqueue(new Uint8Array(piece));
          },
          cut() {
            pipes.delete(pipe);
            controller.error(new TypeError('terminated'));
          },
        };
        pipes.add(pipe);
        signal.addEventListener('abort', () => {
          if (!pipes.delete(pipe)) return;
          controller.error(new DOMException('Aborted', 'AbortError'));
        });
      },
    });
    return new Response(body, { headers: { 'Content-Type': 'text/event-stream; charset=utf-8' } });
  };

  const answerPoll = (query: URLSearchParams): string => {
    const since = query.get('since');
    const request = requestOfQuery(query);
    const reader = log.open({ ...request, messages: true });
    const start = { type: 'reset', cursor: log.head, scope: 'changes', reason: 'start' };
    const messages = since === '0' ? [start] : reader.read();
    const recovered = !messages.some((event) => event.type === 'reset');
    return JSON.stringify({
      success: true,
      messages,
      timestamp: 1,
      count: messages.length,
      cursor: reader.place,
      recovered,
    });
  };

  const standInFetch = (async (input: string, init: RequestInit = {}) => {
    const url = new URL(input);
    const kind = url.pathname.endsWith('/stream') ? 'sse' : 'poll';
    const signal = init.signal ?? new AbortController().signal;
    tries[kind] += 1;
    const way = ways[kind];
    if (way === 'refused') throw new TypeError('fetch failed');
    const aborted = new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => reject(new DOMException('Aborted', 'AbortError'))),
    );
    // Nobody waits for it where the answer came first.
    aborted.catch(() => undefined);
    if (way === 'hangs') return aborted;
    if (init.method === 'POST') {
      said.push({ path: url.pathname, ...(JSON.parse(String(init.body)) as object) });
      return new Response('{}');
    }
    const refused = network.refusal?.(url.searchParams) ?? null;
    if (refused) return Response.json({ ...refused, title: refused.code }, { status: refused.status });
    if (kind === 'sse') return openStream(url.searchParams, signal);
    const answered = new Promise<Response>((resolve, reject) => {
      let text: string | null = null;
      const pipe: Pipe = {
        kind: 'poll',
        pump() {
          text ??= answerPoll(url.searchParams);
        },
        beat: () => undefined,
        deliver(bytes) {
          if (text === null || text.length > bytes) return;
          pipes.delete(pipe);
          resolve(new Response(text, { headers: { 'Content-Type': 'application/json' } }));
        },
        cut() {
          pipes.delete(pipe);
          reject(new TypeError('terminated'));
        },
      };
      pipes.add(pipe);
      signal.addEventListener('abort', () => pipes.delete(pipe));
    });
    return Promise.race([answered, aborted]);
  }) as typeof fetch;

  const network: ScriptedNetwork = {
    ways,
    tries,
    said,
    pipes,
    refusal: null,
    WebSocket: StandInWebSocket as unknown as typeof WebSocket,
    fetch: standInFetch,
    async flush() {
      for (let turn = 0; turn < 6; turn += 1) {
        await breathe();
        for (const pipe of [...pipes]) {
          pipe.pump();
          if (turn === 0) pipe.beat();
          pipe.deliver(Number.POSITIVE_INFINITY);
        }
      }
      await breathe();
    },
  };
  return network;
}
