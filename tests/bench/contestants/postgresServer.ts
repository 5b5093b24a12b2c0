import { createSync, defineResource, postgresStore } from 'backoffice-sync';
import express from 'express';
import pg from 'pg';
import { z } from 'zod';
import { benchToken } from './benchToken.ts';
import { benchDatabase } from './benchDatabase.ts';
import { sampleRecord } from './sampleRecord.ts';
import { contestantArguments, serveContestant } from './serveContestant.ts';

/** One node of ours on PostgreSQL, as it is published: merged, validated, committed before it is acknowledged, told to every reader. */
const { records } = contestantArguments();
const { url, schema } = benchDatabase();
const sync = createSync({
  store: postgresStore({ pool: new pg.Pool({ connectionString: url }), schema }),
  resources: [
    defineResource({
      name: 'members',
      public: 'all',
      schema: z.object({
        name: z.string().min(1),
        role: z.string(),
        department: z.string(),
        email: z.string(),
        phone: z.string(),
        city: z.string(),
        biography: z.string(),
      }),
      seed: Array.from({ length: records }, (_, number) => ({ ...sampleRecord(number) })),
    }),
  ],
  apiToken: benchToken,
  adminPassword: 'bench-password',
  secretKey: Buffer.alloc(32, 7).toString('base64'),
  rateLimit: 0,
});
await sync.ready;
await serveContestant(express().use('/api', sync.router), {
  fill: () => Promise.reject(new Error('It is filled at its start.')),
});
