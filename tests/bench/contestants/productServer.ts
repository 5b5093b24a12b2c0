import { createSync, defineResource, lowdbStore } from 'backoffice-sync';
import express from 'express';
import { z } from 'zod';
import { benchToken } from './benchToken.ts';
import { sampleId, sampleRecord } from './sampleRecord.ts';
import { contestantArguments, serveContestant } from './serveContestant.ts';

/** Ours, as it is published: merged, validated, synced before it is acknowledged, told to every reader. */
const { folder, records } = contestantArguments();
const schema = z.object({
  name: z.string().min(1),
  role: z.string(),
  department: z.string(),
  email: z.string(),
  phone: z.string(),
  city: z.string(),
  biography: z.string(),
});
const sync = createSync({
  store: lowdbStore({ folder }),
  resources: [
    defineResource({
      name: 'members',
      public: 'all',
      schema,
      seed: Array.from({ length: records }, (_, number) => ({ ...sampleRecord(number) })),
    }),
  ],
  apiToken: benchToken,
  adminPassword: 'bench-password',
  rateLimit: 0,
  realtime: { heartbeatMs: 600_000, maxConnectionsPerClient: 20_000, maxConnections: 20_000 },
});
await sync.ready;

/** Saves that are on their way at the same time while filling. */
const fillGroupSize = 500;
let told = 0;

await serveContestant(express().use('/api', sync.router), {
  async fill(from, to) {
    for (let start = from; start < to; start += fillGroupSize) {
      const length = Math.min(fillGroupSize, to - start);
      const numbers = Array.from({ length }, (_, index) => start + index);
      await Promise.all(numbers.map((number) => sync.records('members').create({ ...sampleRecord(number) })));
    }
  },
  async tell(count, _bytes, together) {
    for (let left = count; left > 0; left -= together) {
      const length = Math.min(together, left);
      const saves = Array.from({ length }, () => {
        told += 1;
        // As long as every other one, so that every event has the same size.
        const phone = String(told).padStart(12, '0');
        return sync.records('members').update(sampleId(told % records), { phone });
      });
      await Promise.all(saves);
    }
  },
  attach: (server) => void sync.attach(server),
});
