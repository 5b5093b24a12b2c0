import pg from 'pg';
import { createPresence } from '../../backend/presence/createPresence.ts';
import { postgresPresence } from '../../backend/stores/postgres/postgresPresence.ts';

/** A node in a process of its own: enters a channel, says so to its parent, and lives until it is killed. */
const [, , connectionString, schema = '', channel = ''] = process.argv;
const pool = new pg.Pool({ connectionString, max: 2 });
const presence = createPresence({
  carrier: postgresPresence(pool, schema),
  onError: (error) => process.send?.(String(error)),
});
presence.track({ channel, key: 'far', user: { id: 'u9', name: 'Far' }, state: { pid: process.pid } });
await presence.refresh();
process.send?.('entered');
// The timers of presence keep no process alive.
setInterval(() => undefined, 60_000);
