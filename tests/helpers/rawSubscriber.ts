import { get, type Agent, type ClientRequest, type IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import type { SyncEvent } from '../../shared/protocol/events.ts';

/** The ways in which a client can follow. */
export const transportNames = ['websocket', 'sse', 'longPoll', 'poll'] as const;

/** One of them. */
export type Transport = (typeof transportNames)[number];

/** What a subscriber follows, and how. */
export interface RawSubscriberOptions {
  readonly transport: Transport;
  /** Asked for each connection. */
  readonly url: () => string;
  /** The query of the subscription, such as `resources=team`. */
  readonly query: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The cursor from which it begins; null: at the end of the log. */
  readonly since?: string | null;
  /** Told of each event as it came, with nothing left out. */
  readonly onEvent: (event: SyncEvent) => void;
  readonly agent?: Agent;
  /** Milliseconds before it comes back, also between two polls. Default 5. */
  readonly backMs?: number;
}

/** A client that knows nothing but its cursor: it connects, reads, and comes back after every cut. */
export interface RawSubscriber {
  /** The last place that it was told; null before the first. */
  cursor(): string | null;
  /** Resolves when it was told a first place. */
  readonly started: Promise<void>;
  /** How often it has connected. */
  connections(): number;
  /** Cuts what is open; it comes back. */
  cut(): void;
  stop(): void;
}

/** Starts one. It waits a moment before it comes back, so that a server that is away is not called without end. */
export function startRawSubscriber(options: RawSubscriberOptions): RawSubscriber {
  const { transport, headers = {}, agent } = options;
  let cursor = options.since ?? null;
  let connections = 0;
  let isStopped = false;
  let cutCurrent = (): void => {};
  let start = (): void => {};
  const started = new Promise<void>((resolve) => {
    start = resolve;
  });
  const takePlace = (place: string): void => {
    cursor = place;
    start();
  };
  const take = (event: SyncEvent): void => {
    if (isStopped) return;
    if (event.type !== 'place' && event.type !== 'subscribed') options.onEvent(event);
    if ('cursor' in event) takePlace(event.cursor);
  };
  const back = (delayMs = options.backMs ?? 5): void => {
    if (!isStopped) setTimeout(connect, delayMs);
  };
  const address = (path: string, more = ''): string =>
    `${options.url()}${path}?${options.query}${cursor === null ? '' : `&since=${cursor}`}${more}`;

  function followSocket(): void {
    const socket = new WebSocket(address('/api/sync/ws').replace(/^http/, 'ws'), { headers });
    cutCurrent = () => socket.terminate();
    socket.on('message', (data) => take(JSON.parse(String(data)) as SyncEvent));
    socket.on('error', () => undefined);
    socket.on('close', () => back());
  }

  function request(
    path: readonly [string, string?],
    more: Record<string, string>,
    read: (response: IncomingMessage) => void,
  ): void {
    let isOver = false;
    const over = (): void => {
      if (isOver) return;
      isOver = true;
      back();
    };
    const asked: ClientRequest = get(address(...path), { headers: { ...headers, ...more }, agent: agent ?? false });
    cutCurrent = () => asked.destroy();
    asked.on('response', read);
    asked.on('error', over);
    asked.on('close', over);
  }

  function followStream(): void {
    const more: Record<string, string> = cursor === null ? {} : { 'last-event-id': cursor };
    request(['/api/sync/stream'], more, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('error', () => undefined);
      response.on('data', (chunk: string) => {
        text += chunk;
        if (response.statusCode !== 200) return;
        for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
          const lines = text.slice(0, end).split('\n');
          text = text.slice(end + 2);
          const data = lines.find((line) => line.startsWith('data: '))?.slice(6);
          const id = lines.find((line) => line.startsWith('id: '))?.slice(4);
          if (data !== undefined) take(JSON.parse(data) as SyncEvent);
          if (id !== undefined) takePlace(id);
        }
      });
    });
  }

  function askOnce(waitSeconds: number): void {
    request(['/api/sync/poll', `&wait=${waitSeconds}`], {}, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('error', () => undefined);
      response.on('data', (chunk: string) => (text += chunk));
      // Only a whole answer counts: half of one is no answer, and is asked for again from the same place.
      response.on('end', () => {
        if (!response.complete || response.statusCode !== 200) return;
        const answer = JSON.parse(text) as { messages: SyncEvent[]; cursor: string };
        // Who begins now is told a reset of kind `start`, which says nothing but where.
        for (const event of answer.messages) if (!(event.type === 'reset' && event.reason === 'start')) take(event);
        takePlace(answer.cursor);
      });
    });
  }

  function connect(): void {
    if (isStopped) return;
    connections += 1;
    if (transport === 'websocket') followSocket();
    else if (transport === 'sse') followStream();
    else askOnce(transport === 'longPoll' ? 5 : 0);
  }
  connect();
  return {
    cursor: () => cursor,
    started,
    connections: () => connections,
    cut: () => cutCurrent(),
    stop() {
      isStopped = true;
      cutCurrent();
    },
  };
}
