import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import {
  createSync,
  defineResource,
  lowdbStore,
  type Logger,
  type Resource,
  type Sync,
  type SyncOptions,
} from 'backoffice-sync';
import { z } from 'zod';

/** A running installation with a real socket and a folder of its own. */
export interface Started {
  readonly url: string;
  readonly sync: Sync;
  readonly folder: string;
  readonly lines: readonly Record<string, unknown>[];
  /** Sends a request with the machine's token; a body that is no text is sent as JSON. */
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Signs in as admin and sends with the session's cookie from the same origin. */
  signIn(): Promise<Started['send']>;
  /** Stops and starts again on the same folder. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export const apiToken = 'test-token-1234';
export const adminPassword = 'test-password-1234';

/** The resources of most tests: one of each kind. */
export const testResources: readonly Resource[] = [
  defineResource({
    name: 'settings',
    single: true,
    public: 'all',
    schema: z.object({
      companyName: z.string().min(1).max(2000),
      email: z.string().optional(),
      phone: z.string().optional(),
      address: z.object({ street: z.string().optional(), city: z.string().optional() }).optional(),
      links: z.array(z.object({ id: z.string(), label: z.string().optional() })).optional(),
      sortOrder: z.number().int().nullable().optional(),
    }),
    seed: {
      companyName: 'TRU Group',
      email: 'a@example.com',
      phone: '1',
      address: { street: 'A', city: 'Lyon' },
      links: [{ id: 'a', label: 'A' }],
    },
  }),
  defineResource({
    name: 'team',
    public: ['name', 'role'],
    schema: z.object({
      name: z.string().min(1),
      role: z.string().optional(),
      phone: z.string().optional(),
      employeeId: z.string().optional(),
      joinDate: z.string().optional(),
    }),
    seed: [{ id: 'm1', name: 'Camille', role: 'CTO', phone: '0', employeeId: 'E-1', joinDate: '2020-01-01' }],
  }),
  defineResource({
    name: 'services',
    public: 'all',
    schema: z.object({
      title: z.string().min(1),
      price: z.string().optional(),
      views: z.number().int().default(0),
      rating: z.number().nullable().default(null),
    }),
    seed: [{ id: 's1', title: 'Design', price: '1', views: 7, rating: 4.5 }],
  }),
  defineResource({
    name: 'solutions',
    public: 'all',
    schema: z.object({ title: z.string().min(1), category: z.string(), views: z.number().int().default(0) }),
    seed: [{ id: 'x1', title: 'Shop', category: 'trade', views: 3 }],
  }),
  defineResource({
    name: 'news',
    public: 'all',
    drafts: true,
    schema: z.object({ title: z.string().min(1), body: z.string().optional() }),
  }),
  defineResource({
    name: 'mail',
    single: true,
    schema: z.object({ host: z.string(), password: z.string().optional() }),
    secret: ['password'],
    seed: { host: 'smtp' },
  }),
];

/** Starts an installation under `/api` on a free port of the loopback address. */
export async function startSync(options: Partial<SyncOptions> = {}): Promise<Started> {
  const folder = await mkdtemp(join(tmpdir(), 'backoffice-sync-'));
  const lines: Record<string, unknown>[] = [];
  const keep = (fields: object, message: string) => void lines.push({ ...fields, message });
  const logger: Logger = { debug: keep, info: keep, warn: keep, error: keep };
  let server: Server;
  let sync: Sync;
  let url = '';

  const open = async (port: number): Promise<void> => {
    sync = createSync({
      store: lowdbStore({ folder }),
      resources: testResources,
      apiToken,
      adminPassword,
      rateLimit: 0,
      logger,
      ...options,
    });
    await sync.ready;
    const app = express();
    app.use('/api', sync.router);
    server = createServer(app);
    sync.attach(server);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const shut = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    await sync.close();
    server.closeAllConnections();
    await closed;
  };
  await open(0);

  const request = (method: string, path: string, body: unknown, headers: Record<string, string>): Promise<Response> =>
    fetch(`${url}${path}`, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body) }),
    });
  return {
    get url() {
      return url;
    },
    get sync() {
      return sync;
    },
    folder,
    lines,
    send: (method, path, body, headers = {}) =>
      request(method, path, body, { authorization: `Bearer ${apiToken}`, ...headers }),
    async signIn() {
      const answer = await request(
        'POST',
        '/api/auth/login',
        { username: 'admin', password: adminPassword },
        { origin: url },
      );
      const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
      return (method, path, body, headers = {}) => request(method, path, body, { cookie, origin: url, ...headers });
    },
    async restart() {
      const port = Number(new URL(url).port);
      await shut();
      await open(port);
    },
    async stop() {
      await shut();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
