import { createSync, defineResource, lowdbStore } from 'backoffice-sync';
import express from 'express';
import { z } from 'zod';
import { benchToken } from './benchToken.ts';
import { sampleRecord } from './sampleRecord.ts';
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
      schema,
      seed: Array.from({ length: records }, (_, number) => ({ ...sampleRecord(number) })),
    }),
  ],
  apiToken: benchToken,
  adminPassword: 'bench-password',
  rateLimit: 0,
});
await sync.ready;

/** Saves that are on their way at the same time while filling. */
const fillGroupSize = 500;

await serveContestant(express().use('/api', sync.router), async (from, to) => {
  for (let start = from; start < to; start += fillGroupSize) {
    const length = Math.min(fillGroupSize, to - start);
    const numbers = Array.from({ length }, (_, index) => start + index);
    await Promise.all(numbers.map((number) => sync.records('members').create({ ...sampleRecord(number) })));
  }
});
