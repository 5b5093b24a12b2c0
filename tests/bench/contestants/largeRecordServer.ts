import { createSync, defineResource, lowdbStore } from 'backoffice-sync';
import express from 'express';
import { z } from 'zod';
import { teamPage } from '../engine/mergeTask.ts';
import { benchToken } from './benchToken.ts';
import { sampleRecord } from './sampleRecord.ts';
import { contestantArguments, serveContestant } from './serveContestant.ts';

/** Ours with one team page of 300 kB, among as many small records as it is asked for. */
const { folder, records } = contestantArguments();
const sync = createSync({
  store: lowdbStore({ folder }),
  resources: [
    defineResource({
      name: 'pages',
      schema: z.object({ title: z.string(), intro: z.string(), members: z.array(z.looseObject({ id: z.string() })) }),
      seed: [{ id: 'team', ...teamPage(2000) }],
    }),
    defineResource({
      name: 'members',
      schema: z.looseObject({}),
      seed: Array.from({ length: records }, (_, number) => ({ ...sampleRecord(number) })),
    }),
  ],
  apiToken: benchToken,
  adminPassword: 'bench-password',
  rateLimit: 0,
});
await sync.ready;

await serveContestant(express().use('/api', sync.router), {
  fill: () => Promise.reject(new Error('It is filled at its start.')),
});
