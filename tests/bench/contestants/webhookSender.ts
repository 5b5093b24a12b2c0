import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'undici';
import { systemTimers } from '../../../backend/readers/webhooks/timers.ts';
import { signDelivery, toSigningKey } from '../../../backend/readers/webhooks/signDelivery.ts';
import { toEndpoint, webhooksResource } from '../../../backend/readers/webhooks/webhooksResource.ts';
import { serverActor } from '../../../backend/auth/actorOf.ts';
import { silentLogger } from '../../../backend/logger.ts';
import { lowdbStore } from '../../../backend/stores/lowdb/index.ts';
import { createClock, createWorld } from '../../integration/webhooks/senderWorld.ts';

/**
 * Our sender, and a bare undici pool that posts the same signed bodies, as a process of its own.
 *
 * Asked by messages: `{ ask: 'save', records }` saves that many records at once, `{ ask: 'post', calls }` posts as often;
 * each is answered with the moment in which it began. `{ ask: 'memory' }` is answered with what an endpoint costs.
 */
const [origin = '', living = '1', dead = '0'] = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), 'bench-webhooks-'));
const store = lowdbStore({ folder });
await store.open();
const world = createWorld(store, createClock(Date.now()));
// The log of a test keeps every line; an installation's is silent unless it is asked for.
Object.assign(world.core, { logger: silentLogger });
const secret = `whsec_${randomBytes(32).toString('base64')}`;
const start = { now: Date.now, timers: systemTimers };

async function addEndpoints(): Promise<void> {
  const paths = [
    ...Array.from({ length: Number(living) }, (_, n) => `/living/${n}`),
    ...Array.from({ length: Number(dead) }, (_, n) => `/dead/${n}`),
  ];
  // Alternating, as they would come: a dead one among every so many living ones.
  const order = paths.map((path, n) => ({ path, at: (n * 7_919) % paths.length })).sort((a, b) => a.at - b.at);
  for (let from = 0; from < order.length; from += 500) {
    await Promise.all(
      order.slice(from, from + 500).map(({ path }, index) =>
        world.core.saver.save({
          resource: webhooksResource,
          id: `e${from + index}`,
          intent: 'create',
          body: {
            kind: 'fields',
            fields: { url: `${origin}${path}`, resources: ['team'], active: true, secret },
            unset: [],
          },
          base: { kind: 'overrule' },
          needsBase: false,
          actor: serverActor,
        }),
      ),
    );
  }
}

function heapBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

await addEndpoints();
const before = heapBytes();
const webhooks = await world.start(start);
await webhooks.idle();
const perEndpoint = (heapBytes() - before) / (Number(living) + Number(dead));
const pool = new Pool(origin, { connections: 192 });
let saved = 0;

const name = 'A name of the usual length';
const note = 'x'.repeat(400);
const instant = (): number => performance.timeOrigin + performance.now();

async function save(records: number): Promise<number> {
  const began = instant();
  await Promise.all(Array.from({ length: records }, () => world.save('team', `m${(saved += 1)}`, { name, note })));
  return began;
}

async function post(calls: number): Promise<number> {
  const stored = toEndpoint(await store.load(webhooksResource.name, 'e0'));
  const record = { id: 'm1', name, note, version: 1, createdAt: stored?.createdAt, updatedAt: stored?.createdAt };
  const data = { cursor: `${store.log.epoch}:123`, seq: 123, at: stored?.createdAt, resource: 'team', id: 'm1', operation: 'created', version: 1, record, before: null, patch: [], actor: { id: '', name: '', kind: 'admin' }, mutationId: null, notify: true, versions: [1, 1], actors: [{ id: '', name: '', kind: 'admin' }], mutationIds: [] }; // prettier-ignore
  const body = JSON.stringify({ type: 'team.created', timestamp: stored?.createdAt, data });
  const headers = {
    ...signDelivery({ id: 'msg_bench', body }, Date.now(), [toSigningKey(secret)]),
    'content-type': 'application/json',
  };
  const began = instant();
  let left = calls;
  const one = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const answer = await pool.request({ path: '/living/0', method: 'POST', headers, body });
      await answer.body.dump();
    }
  };
  await Promise.all(Array.from({ length: Math.min(192, calls) }, one));
  return began;
}

process.on('message', (message: { ask: 'save' | 'post' | 'memory'; count: number }) => {
  const answer = async () => {
    if (message.ask === 'memory') return { perEndpoint, heap: heapBytes() };
    return { began: await (message.ask === 'save' ? save(message.count) : post(message.count)) };
  };
  answer().then((value) => process.send?.(value), (error: unknown) => process.send?.({ error: String(error) })); // prettier-ignore
});
process.on('disconnect', () => void rm(folder, { recursive: true, force: true }).then(() => process.exit()));
process.send?.({ isReady: true });
