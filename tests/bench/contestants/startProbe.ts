import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createSync, defineResource, lowdbStore, postgresStore, type Store } from 'backoffice-sync';
import pg from 'pg';
import { z } from 'zod';
import { benchDatabase } from './benchDatabase.ts';

/**
 * Starts once, says how long that took and how much memory the process had at most, and ends:
 * `startProbe.ts lowdb|postgres|lines <folder>`.
 */
const [, , kind = '', folder = ''] = process.argv;
const startedAt = performance.now();
const close = kind === 'lines' ? await readLines() : await startProduct();
const ms = performance.now() - startedAt;
process.send?.({ ms, peakBytes: process.resourceUsage().maxRSS * 1024 });
await close();
process.disconnect();

async function startProduct(): Promise<() => Promise<void>> {
  const { url, schema } = benchDatabase();
  const pool = new pg.Pool({ connectionString: url });
  const store: Store = kind === 'lowdb' ? lowdbStore({ folder }) : postgresStore({ pool, schema });
  const sync = createSync({
    store,
    resources: [defineResource({ name: 'members', public: 'all', schema: z.record(z.string(), z.unknown()) })],
    adminPassword: 'bench-password',
    secretKey: Buffer.alloc(32, 7).toString('base64'),
  });
  await sync.ready;
  return async () => {
    await sync.close();
    await pool.end();
  };
}

/** What a server does at its start that appends a line for each save: it reads them all and keeps the last of each record. */
async function readLines(): Promise<() => Promise<void>> {
  const records = new Map<string, object>();
  for await (const line of createInterface({ input: createReadStream(join(folder, 'saves.jsonl')) })) {
    const record = JSON.parse(line) as { readonly id: string };
    records.set(record.id, record);
  }
  return async () => records.clear();
}
