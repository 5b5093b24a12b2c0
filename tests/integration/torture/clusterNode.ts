import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import pg from 'pg';
import { z } from 'zod';
import { createSync } from '../../../backend/createSync.ts';
import { defineResource } from '../../../backend/records/defineResource.ts';
import { postgresStore } from '../../../backend/stores/postgres/postgresStore.ts';

/**
 * One node on PostgreSQL, to be killed or cut off: `node --import tsx clusterNode.ts <database> <schema> <token> <key> <answerTimeoutMs>`.
 *
 * Prints `listening <port>` when it can be used.
 */
const [, , connectionString = '', schema = '', apiToken = '', secretKey = '', answerTimeoutMs = ''] = process.argv;
const pool = new pg.Pool({ connectionString });
// As an application does: a connection that breaks while nobody uses it is replaced by the next one.
pool.on('error', () => undefined);
const sync = createSync({
  store: postgresStore({ pool, schema, answerTimeoutMs: Number(answerTimeoutMs), onWarning: () => undefined }),
  resources: [
    defineResource({
      name: 'notes',
      schema: z.object({ value: z.string(), text: z.string().optional() }),
      public: 'all',
    }),
    defineResource({
      name: 'board',
      single: true,
      schema: z.record(z.string(), z.unknown()),
      public: 'all',
      seed: { title: 'hot' },
    }),
  ],
  apiToken,
  secretKey,
  adminPassword: 'torture-password',
  rateLimit: 0,
  webhooks: { allowPrivate: ['127.0.0.0/8'] },
});
await sync.ready;
const server = createServer(express().use('/api', sync.router));
sync.attach(server);
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listening ${(server.address() as AddressInfo).port}\n`);
});
