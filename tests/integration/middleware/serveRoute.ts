import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import express5, { type Express, type Request, type RequestHandler, type Response as Answer } from 'express';
import express4 from 'express4';
import { problemHandler } from 'backoffice-sync';
import { startSync, type Started } from '../../helpers/startSync.ts';

/** The versions of Express that the middlewares work on. */
export const expresses = [
  ['5', express5],
  ['4.22', express4],
] as const;

export type Row = Record<string, unknown>;

/** A server with routes of its own, whose moments can be waited for. */
export interface Served {
  readonly rows: Map<string, Row>;
  readonly at: Started;
  /** `arrived` at each request and `left` when its response closes, both with the header `x-name`. */
  readonly moments: EventEmitter;
  put(path: string, body: unknown, headers?: Record<string, string>, signal?: AbortSignal): Promise<Response>;
  get(path: string): Promise<Response>;
  /** Sends a text as it is and gives what comes back until the server closes. */
  raw(text: string): Promise<string>;
  /** An open connection that has sent a text and goes on waiting. */
  open(text: string): Socket;
  stop(): Promise<void>;
}

export interface Mount {
  readonly app: Express;
  readonly rows: Map<string, Row>;
  readonly at: Started;
  /** Stores the body under the parameter `id` and answers with it. */
  readonly store: RequestHandler;
  /** Gives a copy of the stored row of the parameter `id`. */
  readonly load: (request: Request, params?: Readonly<Record<string, string>>) => Row | null;
}

/** A gate that a handler waits at until the test opens it. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}

/** The next moment of one request. */
export async function moment(served: Served, name: 'arrived' | 'left', of: string): Promise<void> {
  await once(served.moments, `${name} ${of}`);
}

/** Starts a server on a free port; `parses: false` leaves the bodies to the middlewares. */
export async function serveRoute(
  express: typeof express5,
  mount: (mounted: Mount) => void,
  { parses = true }: { parses?: boolean } = {},
): Promise<Served> {
  const at = await startSync();
  const moments = new EventEmitter();
  const rows = new Map<string, Row>();
  for (const id of ['m1', 'm2']) rows.set(id, { id, name: 'Camille', role: 'CTO', employeeId: 'E-1' });
  const app = express() as Express;
  app.use((request: Request, response: Answer, next: () => void) => {
    const name = request.get('x-name') ?? '';
    response.once('close', () => moments.emit(`left ${name}`));
    moments.emit(`arrived ${name}`);
    next();
  });
  if (parses) app.use(express.json({ type: ['application/json', 'application/merge-patch+json'] }));
  mount({
    app,
    rows,
    at,
    store: (request, response) => {
      rows.set(String(request.params['id']), request.body as Row);
      response.json(request.body);
    },
    load: (request, params) => structuredClone(rows.get(String((params ?? request.params)['id'])) ?? null),
  });
  app.use(problemHandler());
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const open = (text: string): Socket => {
    const socket = connect(port, '127.0.0.1');
    socket.write(text);
    return socket;
  };
  return {
    rows,
    at,
    moments,
    open,
    put: (path, body, headers = {}, signal) =>
      fetch(`http://127.0.0.1:${port}${path}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
        ...(signal ? { signal } : {}),
      }),
    get: (path) => fetch(`http://127.0.0.1:${port}${path}`),
    raw: (text) =>
      new Promise((resolve) => {
        let answer = '';
        const socket = open(text);
        socket.on('data', (part) => (answer += part.toString()));
        socket.on('close', () => resolve(answer));
      }),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await at.stop();
    },
  };
}
