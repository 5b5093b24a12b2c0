import {
  createOutbox,
  createRealtimeSyncService,
  type Outbox,
  type RealtimeSyncService,
} from '../../backoffice/client/index.ts';

/** What a page of the tests offers to `page.evaluate`. */
export interface OutboxPage {
  readonly outbox: Outbox;
  readonly service: RealtimeSyncService;
  /** How many promises of saves have ended well, and the codes of those that have not. */
  readonly ended: { saved: number; readonly refused: string[] };
  /** Saves at once, and counts how it ends. */
  save(url: string, method: 'PUT' | 'PATCH', data: object): void;
}

const outbox = createOutbox();
const service = createRealtimeSyncService({ outbox, timeoutMs: 60_000 });
const ended: OutboxPage['ended'] = { saved: 0, refused: [] };

const page: OutboxPage = {
  outbox,
  service,
  ended,
  save(url, method, data) {
    service.sync(url, method, data).then(
      () => (ended.saved += 1),
      (error: { readonly code: string }) => ended.refused.push(error.code),
    );
  },
};
Object.assign(globalThis, { outboxPage: page });
