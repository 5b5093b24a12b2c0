import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { act, renderHook, waitFor } from '@testing-library/react';
import { defineResource } from 'backoffice-sync';
import { createConnection, createRealtimeSyncService } from 'backoffice-sync/client';
import { RealtimeSyncServiceProvider, useRealtimeSubscription } from 'backoffice-sync/react';
import { createResourceHooks, RealtimeSyncProvider, useRealtimeQuery } from 'backoffice-sync/react-query';
import { useState, type ReactNode } from 'react';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { apiToken, startSync } from '../../helpers/startSync.ts';
import { bePatient } from './patience.ts';

bePatient();

const reviews = defineResource({
  name: 'reviews',
  live: 'notify',
  schema: z.object({ note: z.string(), organization_id: z.string() }),
  seed: [{ id: 'r1', note: 'one', organization_id: 'o1' }],
});
interface Review {
  readonly id: string;
  readonly note: string;
  readonly organization_id: string;
}
const { useReviews, useReview, useRealtimeReviews } = createResourceHooks<'reviews', Review>('reviews');

it('a change that is told without its fields makes lists, records and queries load, and no row is made up of it', async () => {
  const at = await startSync({ resources: [reviews] });
  const headers = { authorization: `Bearer ${apiToken}` };
  class SignedIn extends WebSocket {
    constructor(url: string) {
      super(url, { headers });
    }
  }
  const signedFetch: typeof fetch = (input, init) =>
    fetch(input, { ...init, headers: { ...(init?.headers as Record<string, string>), ...headers } });
  const connection = createConnection({
    backendUrl: at.url,
    WebSocket: SignedIn as unknown as typeof globalThis.WebSocket,
    fetch: signedFetch,
  });
  const service = createRealtimeSyncService({ backendUrl: at.url, fetch: signedFetch });
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>
      <RealtimeSyncServiceProvider service={service}>
        {/* No resource: what loads again here loads because of the hooks below. */}
        <RealtimeSyncProvider connection={connection} liveResources={[]}>
          {children}
        </RealtimeSyncProvider>
      </RealtimeSyncServiceProvider>
    </QueryClientProvider>
  );
  const { result } = renderHook(
    () => {
      const [rows, setRows] = useState<readonly unknown[]>([]);
      const [payloads, setPayloads] = useState<readonly unknown[]>([]);
      const list = useReviews({ organization_id: 'o1' });
      const one = useReview('r1');
      const own = useQuery({
        queryKey: ['mine'],
        queryFn: async () => (await (await signedFetch(`${at.url}/api/reviews`)).json()) as Review[],
      });
      useRealtimeQuery<Review>({
        table: 'reviews',
        queryKey: ['mine'],
        strategy: 'optimistic',
        onOptimisticInsert: (row) => setRows((before) => [...before, row]),
        onOptimisticUpdate: (_old, row) => setRows((before) => [...before, row]),
      });
      useRealtimeSubscription<Review>({
        table: 'reviews',
        onInsert: (payload) => setPayloads((before) => [...before, payload.new]),
      });
      const live = useRealtimeReviews('o1');
      return {
        live,
        rows,
        payloads,
        list: list.reviews.map(({ note }) => note).sort(),
        one: one.data?.note,
        own: (own.data ?? []).map(({ note }) => note).sort(),
      };
    },
    { wrapper },
  );
  await waitFor(() =>
    expect(result.current).toMatchObject({
      list: ['one'],
      one: 'one',
      own: ['one'],
      live: { status: 'subscribed' },
    }),
  );
  await act(() => at.send('PATCH', '/api/reviews/r1', { note: 'uno' }));
  await waitFor(() => expect(result.current).toMatchObject({ list: ['uno'], one: 'uno', own: ['uno'] }));
  await act(() => at.send('POST', '/api/reviews', { id: 'r2', note: 'two', organization_id: 'o1' }));
  await waitFor(() => expect(result.current).toMatchObject({ list: ['two', 'uno'], one: 'uno', own: ['two', 'uno'] }));
  expect(result.current.rows).toEqual([]);
  expect(result.current.payloads).toEqual([{ id: 'r2' }]);
  await act(() => at.send('DELETE', '/api/reviews/r2', undefined, { 'if-match': '*' }));
  await waitFor(() => expect(result.current).toMatchObject({ list: ['uno'], own: ['uno'] }));
  connection.close();
  service.close();
  await at.stop();
});
