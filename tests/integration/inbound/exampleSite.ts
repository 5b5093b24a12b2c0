import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import express, { type Express } from 'express';
import { createWebhookReceiver, type Seen, type WebhookReceiver } from 'backoffice-sync/webhooks';

/** What the site is started with. */
export interface ExampleSiteOptions {
  readonly secret: string;
  readonly backofficeUrl: string;
  /** Where it keeps its records, and beside them what it has seen. */
  readonly file: string;
}

interface Kept {
  readonly records: Record<string, unknown>;
  readonly seen: Record<string, Seen>;
}

/** A site that shows the records of the back office, and asks it for nothing while it does. */
export function createExampleSite({ secret, backofficeUrl, file }: ExampleSiteOptions): {
  readonly app: Express;
  readonly receiver: WebhookReceiver;
} {
  const kept: Kept = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { records: {}, seen: {} };
  // The receiver ends the signal when the turn of a call is over: what came later would be put over something newer.
  const read = async (path: string, signal: AbortSignal) => {
    const answer = await fetch(`${backofficeUrl}/api/${path}`, { signal });
    if (answer.status === 404) return null;
    if (!answer.ok) throw new Error(`The back office answered ${answer.status}.`);
    return answer.json();
  };

  const receiver = createWebhookReceiver({
    secrets: [secret],
    onChange({ resource, id, record }) {
      kept.records[`${resource}/${id}`] = record;
    },
    // Called after onChange: the record and what was seen of it reach the file together.
    store: {
      get: (key) => kept.seen[key],
      set(key, seen) {
        kept.seen[key] = seen;
        writeFileSync(`${file}.new`, JSON.stringify(kept));
        renameSync(`${file}.new`, file);
      },
    },
    fetchRecord: ({ resource, id }, { signal }) => read(id === 'main' ? resource : `${resource}/${id}`, signal),
    // Everything that visitors may read, also what this site has never heard of; what is not in it is gone.
    async onReset(_reset, { signal }) {
      const { cursor, records } = await read('sync/snapshot', signal);
      for (const key of Object.keys(kept.records)) delete kept.records[key];
      for (const [resource, found] of Object.entries(records))
        for (const record of Array.isArray(found) ? found : [found])
          if (record) kept.records[`${resource}/${Array.isArray(found) ? record.id : 'main'}`] = record;
      // So that a call of before, which comes late, is not put over what was read.
      return cursor;
    },
  });

  const app = express();
  // Before any body parser: only the bytes as they came are signed.
  app.post('/hook', receiver.express());
  app.get('/:resource/:id', (request, response) => {
    const record = kept.records[`${request.params.resource}/${request.params.id}`];
    if (record) response.json(record);
    else response.sendStatus(404);
  });
  return { app, receiver };
}
