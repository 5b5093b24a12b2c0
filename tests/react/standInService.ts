import { createRealtimeSyncService, type RealtimeSyncService } from 'backoffice-sync/client';

/** One request that waits for its answer. */
export interface OpenRequest {
  readonly url: string;
  readonly method: string;
  readonly body: unknown;
  answer(status: number, body: object): void;
}

/** A save queue whose requests are answered by the test. */
export interface StandInService {
  readonly service: RealtimeSyncService;
  readonly requests: OpenRequest[];
}

/** Makes a save queue that reaches no network. */
export function createStandInService(): StandInService {
  const requests: OpenRequest[] = [];
  const service = createRealtimeSyncService({
    coalesceMs: 0,
    fetch: (input, init) =>
      new Promise((resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(new Error('given up')));
        requests.push({
          url: String(input),
          method: init?.method ?? 'GET',
          body: typeof init?.body === 'string' ? (JSON.parse(init.body) as unknown) : null,
          answer: (status, body) => resolve(new Response(JSON.stringify(body), { status })),
        });
      }),
  });
  return { service, requests };
}
