import pg from 'pg';
import { systemTimers } from '../../../backend/readers/webhooks/timers.ts';
import { postgresStore } from '../../../backend/stores/postgres/index.ts';
import { createClock, createWorld } from './senderWorld.ts';

/** A node as a process of its own, to be killed or stopped: it tells what the database says, until it is ended. */
const [connectionString = '', schema = '', key = '', leaseMs = '1000'] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString, max: 5 });
const store = postgresStore({ pool, schema, safetyPollMs: 50 });
await store.open();
const world = createWorld(store, createClock(Date.now()), Buffer.from(key, 'hex'));
const webhooks = await world.start({ now: Date.now, timers: systemTimers, leaseMs: Number(leaseMs) });
// Timers of the product keep no process alive.
setInterval(() => undefined, 60_000);
process.send?.('ready');
process.on('message', () => process.send?.({ errors: world.errors.map(String), readers: webhooks.readers().length }));
