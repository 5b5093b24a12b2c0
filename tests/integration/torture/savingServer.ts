import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { z } from 'zod';
import { createSync } from '../../../backend/createSync.ts';
import { defineResource } from '../../../backend/records/defineResource.ts';
import { lowdbStore } from '../../../backend/stores/lowdb/lowdbStore.ts';

/**
 * A whole server that runs until it is killed: `node --import tsx savingServer.ts <folder> <token>`.
 *
 * Prints `opening` before it touches the folder, and `listening <port>` when it can be used.
 */
const [, , folder = '', apiToken = ''] = process.argv;
process.stdout.write('opening\n');
const sync = createSync({
  // Small, so that kills also meet a checkpoint that is being written and a file of the log that is being changed.
  store: lowdbStore({ folder, checkpointAfterBytes: 60_000, maxSegmentBytes: 40_000, onWarning: () => undefined }),
  resources: [
    defineResource({ name: 'notes', schema: z.object({ value: z.string(), text: z.string().optional() }) }),
    defineResource({ name: 'board', single: true, schema: z.record(z.string(), z.unknown()), seed: { title: 'hot' } }),
  ],
  apiToken,
  adminPassword: 'torture-password',
  rateLimit: 0,
});
await sync.ready;
const server = createServer(express().use('/api', sync.router));
sync.attach(server);
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listening ${(server.address() as AddressInfo).port}\n`);
});
