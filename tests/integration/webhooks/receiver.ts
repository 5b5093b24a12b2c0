import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DeliveryData } from '../../../backend/readers/webhooks/composeDelivery.ts';

/** A call that the receiver got. */
export interface Call {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly event: {
    readonly type: string;
    readonly timestamp: string;
    readonly data: DeliveryData & { readonly reason?: string };
  };
}

/** What to answer: a status, or whatever the test wants to do with the response. */
export type Answer = number | ((response: ServerResponse, call: Call) => void);

/** Starts a server that keeps every call; `answers` are used up in order, then it answers 200. */
export async function startReceiver(...answers: Answer[]) {
  const calls: Call[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const call = {
        path: request.url ?? '',
        headers: flat(request.headers),
        body,
        event: JSON.parse(body) as Call['event'],
      };
      calls.push(call);
      const answer = answers.shift() ?? 200;
      if (typeof answer === 'number') response.writeHead(answer).end();
      else answer(response, call);
      for (const waiter of waiting) if (calls.length >= waiter.count) waiter.resolve();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    port,
    calls,
    answers,
    /** Resolves when so many calls came. */
    got: (count: number) =>
      new Promise<void>((resolve) => (calls.length >= count ? resolve() : void waiting.push({ count, resolve }))),
    close() {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function flat(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
