import { createServiceCache, createSync, defineResource, lowdbStore, CacheTTL } from 'backoffice-sync';
import express from 'express';
import { z } from 'zod';
import { benchToken } from './benchToken.ts';
import { sampleRecord } from './sampleRecord.ts';
import { contestantArguments, serveContestant } from './serveContestant.ts';

/** Ours with a route of its own whose answer, all records in a list, is kept by the service cache. */
const { folder, records } = contestantArguments();
const cache = createServiceCache();
const sync = createSync({
  store: lowdbStore({ folder }),
  resources: [
    defineResource({
      name: 'members',
      public: 'all',
      schema: z.record(z.string(), z.unknown()),
      seed: Array.from({ length: records }, (_, number) => ({ ...sampleRecord(number) })),
    }),
  ],
  cache,
  apiToken: benchToken,
  adminPassword: 'bench-password',
  rateLimit: 0,
});
await sync.ready;
const app = express().use('/api', sync.router);
app.get('/directory', async (_request, response) => {
  response.json(await cache.get('members:all', () => sync.records('members').list(), CacheTTL.LONG));
});
await serveContestant(app, { fill: () => Promise.resolve(), attach: (server) => void sync.attach(server) });
