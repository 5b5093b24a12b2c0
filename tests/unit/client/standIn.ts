import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import express, { type Request, type Response } from 'express';
import { isJsonObject, type JsonObject } from '../../../shared/json.ts';
import { merge } from '../../../shared/merge/index.ts';

/** One request as it arrived. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: JsonObject;
}

/** Takes the place of the stand-in for one request; `save` does what it would have done. */
export type Interception = (request: Request, response: Response, save: () => void) => void;

/** A backend with the HTTP contract of docs/http.md, as far as saves go, over real sockets. */
export interface StandIn {
  readonly url: string;
  /** The requests that save, in order. */
  readonly saves: readonly SeenRequest[];
  readonly records: Map<string, JsonObject>;
  /** Handles the next saves instead. */
  readonly interceptions: Interception[];
  /** What a colleague saves meanwhile. */
  change(path: string, fields: JsonObject): void;
  close(): Promise<void>;
}

const epoch = '01890000-0000-7000-8000-000000000000';

/** Starts a stand-in with these records by path, such as `/api/settings`. */
export async function startStandIn(records: Readonly<Record<string, JsonObject>>): Promise<StandIn> {
  const stored = new Map(
    Object.entries(records).map(([path, record]): [string, JsonObject] => [path, { ...record, version: 1 }]),
  );
  const saves: SeenRequest[] = [];
  const interceptions: Interception[] = [];
  const answers = new Map<string, { text: string; status: number; body: unknown }>();
  const app = express();
  app.use(express.text({ type: () => true }));

  const change = (path: string, fields: JsonObject) => {
    const record = stored.get(path) ?? {};
    stored.set(path, { ...record, ...fields, version: Number(record['version'] ?? 0) + 1 });
  };
  const etagOf = (path: string) => `"${epoch}.${String(stored.get(path)?.['version'])}"`;

  const save = (request: Request, response: Response, body: JsonObject): void => {
    const key = request.get('Idempotency-Key') ?? '';
    const text = String(request.body);
    const known = answers.get(key);
    const problem = (status: number, code: string, extra: object = {}) =>
      void response
        .status(status)
        .type('application/problem+json')
        .send(JSON.stringify({ type: 'about:blank', title: code, status, code, ...extra }));
    if (known)
      return known.text === text ? void response.status(known.status).json(known.body) : problem(422, 'KEY_REUSED');
    const path = request.method === 'POST' ? `${request.path}/${String(body['id'])}` : request.path;
    const { $base, $unset, version: _version, ...mine } = body;
    const current = stored.get(path) ?? {};
    const isBlind = request.get('If-Match') === '*';
    if (request.method === 'PUT' && !isJsonObject($base)) return problem(428, 'BASE_REQUIRED');
    if (request.method !== 'POST' && !stored.has(path)) return problem(409, 'RECORD_DELETED', { current: null });
    if (request.method === 'DELETE') {
      if (!isBlind && request.get('If-Match') !== etagOf(path)) {
        return problem(409, 'CONFLICT', {
          conflicts: [{ path: '/name', author: 'B', at: null }],
          current,
          etag: etagOf(path),
        });
      }
      stored.delete(path);
      return void response.status(204).set('Sync-Outcome', 'deleted').end();
    }
    const base = isJsonObject($base) ? $base : current;
    const { merged, conflicts } = merge({
      base,
      mine,
      theirs: current,
      unset: Array.isArray($unset) ? ($unset as string[]) : [],
    });
    if (conflicts.length > 0) {
      return problem(409, 'CONFLICT', {
        conflicts: conflicts.map((one) => ({ ...one, author: 'B', at: null })),
        current,
        etag: etagOf(path),
      });
    }
    if (mine['email'] === 'wrong')
      return problem(422, 'INVALID', { errors: [{ path: '/email', code: 'email', message: 'Not an address' }] });
    stored.set(path, { ...(merged as JsonObject), version: Number(current['version'] ?? 0) + 1 });
    const answer = { ...stored.get(path), $receipt: { outcome: 'saved', fields: [] } };
    const status = request.method === 'POST' ? 201 : 200;
    answers.set(key, { text, status, body: answer });
    response
      .status(status)
      .set('ETag', etagOf(path))
      .set('Sync-Outcome', status === 201 ? 'created' : 'saved')
      .json(answer);
  };

  app.use('/', (request: Request, response: Response) => {
    if (request.method === 'GET') {
      const prefix = `${request.path}/`;
      const inside = [...stored].filter(([path]) => path.startsWith(prefix)).map(([, record]) => record);
      response.set('X-Sync-Cursor', `${epoch}:7`);
      if (stored.has(request.path)) response.set('ETag', etagOf(request.path)).json(stored.get(request.path));
      else response.set('X-Total-Count', String(inside.length)).json(inside);
      return;
    }
    const text = typeof request.body === 'string' ? request.body : '';
    const body: unknown = text === '' ? {} : JSON.parse(text);
    const fields = isJsonObject(body) ? body : {};
    saves.push({ method: request.method, path: request.path, headers: request.headers, text, body: fields });
    const intercept = interceptions.shift();
    if (intercept) intercept(request, response, () => save(request, response, fields));
    else save(request, response, fields);
  });

  const server: Server = createServer(app);
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    saves,
    records: stored,
    interceptions,
    change,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
