import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { verifyWebhook } from '../../../shared/webhooks/index.ts';
import type { RandomNumbers } from './randomNumbers.ts';

/** What a receiver that has bad days saw. */
export interface RoughReceiver {
  readonly url: string;
  readonly secrets: string[];
  /** The newest version that it took, by record. */
  readonly taken: ReadonlyMap<string, number>;
  /** Deliveries that were not signed, had an old timestamp, or were older than one before. */
  readonly wrongs: readonly string[];
  readonly calls: number;
  /** From now on it answers every call as it should. */
  calmDown(): void;
  /** Answers 500 to everything for as long as the clock says. */
  failFor(ms: number): void;
  restart(): Promise<void>;
  /** Listens somewhere else. */
  move(): Promise<void>;
  close(): Promise<void>;
}

/** Starts one: three calls of ten fail in some way. */
export async function startRoughReceiver(random: RandomNumbers, now: () => number): Promise<RoughReceiver> {
  const secrets: string[] = [];
  const taken = new Map<string, number>();
  const received = new Map<string, number>();
  const wrongs: string[] = [];
  let [calls, failsUntil, port] = [0, 0, 0];
  let isCalm = false;
  let server: Server;

  async function listen(at: number): Promise<void> {
    server = createServer((request, response) => void read(request, response));
    await new Promise<void>((resolve) => server.listen(at, '127.0.0.1', resolve));
    ({ port } = server.address() as AddressInfo);
  }

  function close(): Promise<void> {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  }

  async function read(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      // The sender was killed in the middle of it.
      return;
    }
    const at = now();
    calls += 1;
    const body = Buffer.concat(chunks).toString('utf8');
    const verdict = await verifyWebhook({ headers: request.headers, body, secrets, now: new Date(at) });
    if (!verdict.ok) wrongs.push(`refused: ${verdict.reason}`);
    const { type, data } = JSON.parse(body) as { type: string; data: { id: string; version: number } };
    if (type === 'sync.reset') wrongs.push('a reset');
    if (data.version < (received.get(data.id) ?? 0)) wrongs.push(`${data.id} went back to ${data.version}`);
    received.set(data.id, data.version);
    answer(response, () => taken.set(data.id, Math.max(data.version, taken.get(data.id) ?? 0)));
  }

  function answer(response: ServerResponse, take: () => void): void {
    if (now() < failsUntil) return void response.writeHead(500).end();
    switch (isCalm ? 9 : random.below(10)) {
      case 0:
        return void response.writeHead(500).end('no');
      case 1:
        // It hangs.
        return;
      case 2:
        // Cut off in the middle of the head.
        response.socket?.write('HTTP/1.1 20');
        return void response.socket?.destroy();
      default:
        take();
        response.writeHead(204).end();
    }
  }

  await listen(0);
  return {
    get url() {
      return `http://127.0.0.1:${port}/hook`;
    },
    secrets,
    taken,
    wrongs,
    get calls() {
      return calls;
    },
    calmDown: () => void (isCalm = true),
    failFor: (ms) => void (failsUntil = now() + ms),
    async restart() {
      await close();
      await listen(port);
    },
    async move() {
      await close();
      await listen(0);
    },
    close,
  };
}
