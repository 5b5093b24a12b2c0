import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A receiver of webhooks that takes everything and looks at the order. */
export interface OrderlyReceiver {
  readonly url: string;
  /** The newest version that came of each record. */
  readonly newest: ReadonlyMap<string, number>;
  /** A record that went backwards, or came again under another id. */
  readonly wrongs: readonly string[];
  readonly calls: number;
  close(): Promise<void>;
}

/** Starts one. */
export async function startOrderlyReceiver(): Promise<OrderlyReceiver> {
  const newest = new Map<string, number>();
  const idOf = new Map<string, string>();
  const wrongs: string[] = [];
  let calls = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    // A sender that was killed in the middle of its call has told nothing.
    request.on('error', () => undefined);
    request.on('end', () => {
      calls += 1;
      take(String(request.headers['webhook-id']), Buffer.concat(chunks).toString('utf8'));
      response.writeHead(204).end();
    });
  });

  function take(id: string, body: string): void {
    const { type, data } = JSON.parse(body) as {
      type: string;
      data: { resource: string; id: string; version: number };
    };
    if (type === 'sync.reset') return void wrongs.push(`a reset: ${body}`);
    const name = `${data.resource}/${data.id}`;
    const before = newest.get(name) ?? 0;
    if (data.version < before) wrongs.push(`${name} went back from ${before} to ${data.version}`);
    newest.set(name, Math.max(before, data.version));
    const told = `${name} ${data.version}`;
    if ((idOf.get(told) ?? id) !== id) wrongs.push(`${told} came under two ids`);
    idOf.set(told, id);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    newest,
    wrongs,
    get calls() {
      return calls;
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
