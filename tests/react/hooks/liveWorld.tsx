import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act } from '@testing-library/react';
import { StrictMode, type ReactElement, type ReactNode } from 'react';
import { createRealtimeSyncService, type RealtimeSyncService } from 'backoffice-sync/client';
import { RealtimeSyncServiceProvider } from 'backoffice-sync/react';
import { RealtimeSyncProvider, type RealtimeSyncProviderProps } from 'backoffice-sync/react-query';
import type { JsonObject } from '../../../shared/json.ts';
import { createConnectionWorld, type ConnectionWorld } from '../../unit/client/connectionWorld.ts';

/** A request that waits for the test; `answer` gives what was stored when it came, or what the test says. */
export interface HeldRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly body: JsonObject | null;
  answer(status?: number, body?: unknown, headers?: Record<string, string>): void;
  fail(): void;
}

/** A page with a real connection, a real save queue and a real query client, over a server that a test writes. */
export interface LiveWorld extends ConnectionWorld {
  readonly client: QueryClient;
  readonly service: RealtimeSyncService;
  /** Requests that wait: every save, and reads while `holdsReads`. */
  readonly held: HeldRequest[];
  /** Every read that was asked for. */
  readonly reads: string[];
  holdsReads: boolean;
  /** Somebody saves: `null` deletes. */
  save(resource: string, id: string, fields: JsonObject | null): JsonObject | null;
  /** Lets everything arrive, and React draw it. */
  settle(): Promise<void>;
  wrapper(props: { children: ReactNode }): ReactElement;
}

/** Makes a page; `provider` goes to RealtimeSyncProvider, `strict` mounts everything twice as React does in development. */
export function createLiveWorld(
  options: { provider?: Partial<RealtimeSyncProviderProps>; strict?: boolean } = {},
): LiveWorld {
  const base = createConnectionWorld();
  const stored = new Map<string, JsonObject>();
  const versions = new Map<string, number>();
  const held: HeldRequest[] = [];
  const reads: string[] = [];
  const client = new QueryClient({ defaultOptions: { queries: { retry: false, gcTime: Number.POSITIVE_INFINITY } } });

  const read = (url: URL): Response => {
    const [, , resource = '', id] = url.pathname.split('/');
    const inside = [...stored].filter(([name]) => name.startsWith(`${resource}/`)).map(([, record]) => record);
    if (id !== undefined) {
      const record = stored.get(`${resource}/${id}`);
      return record ? Response.json(record) : Response.json({ code: 'NOT_FOUND', title: 'Gone' }, { status: 404 });
    }
    const wanted = [...url.searchParams].filter(([name]) => !['limit', 'sort', 'q', 'after'].includes(name));
    const found = inside.filter((record) => wanted.every(([name, value]) => String(record[name]) === value));
    return Response.json(
      found.sort((a, b) => (String(a['id']) < String(b['id']) ? -1 : 1)),
      {
        headers: { 'X-Sync-Cursor': base.log.head },
      },
    );
  };

  const service = createRealtimeSyncService({
    backendUrl: 'http://stand-in.test',
    coalesceMs: 0,
    fetch: (input, init) => {
      const url = new URL(String(input));
      const method = init?.method ?? 'GET';
      if (method === 'GET') reads.push(url.pathname + url.search);
      if (method === 'GET' && !world.holdsReads) return Promise.resolve(read(url));
      return new Promise((resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(new Error('given up')));
        // What is stored when the request comes, however late the answer is.
        const now = method === 'GET' ? read(url) : null;
        held.push({
          method,
          path: url.pathname,
          query: url.search,
          body: typeof init?.body === 'string' ? (JSON.parse(init.body) as JsonObject) : null,
          answer: (status = 200, body, headers = {}) =>
            resolve(
              body === undefined && now
                ? now
                : new Response(body === undefined || status === 204 ? null : JSON.stringify(body), { status, headers }),
            ),
          fail: () => reject(new TypeError('fetch failed')),
        });
      });
    },
  });

  const world: LiveWorld = {
    ...base,
    client,
    service,
    held,
    reads,
    holdsReads: false,
    save(resource, id, fields) {
      const name = `${resource}/${id}`;
      const version = (versions.get(name) ?? 0) + 1;
      versions.set(name, version);
      const record = fields === null ? null : { ...fields, id, version };
      if (record) stored.set(name, record);
      else stored.delete(name);
      base.log.save(resource, id, record);
      return record;
    },
    async settle() {
      for (let turn = 0; turn < 3; turn += 1)
        await act(async () => {
          await base.network.flush();
          // TanStack tells its observers in a timer of 0 ms.
          await new Promise((resolve) => setTimeout(resolve, 0));
        });
    },
    wrapper({ children }) {
      const page = (
        <QueryClientProvider client={client}>
          <RealtimeSyncServiceProvider service={service}>
            <RealtimeSyncProvider connection={base.connection} liveResources={['goals']} {...options.provider}>
              {children}
            </RealtimeSyncProvider>
          </RealtimeSyncServiceProvider>
        </QueryClientProvider>
      );
      return options.strict ? <StrictMode>{page}</StrictMode> : page;
    },
  };
  return world;
}
