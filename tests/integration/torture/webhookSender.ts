import { lowdbStore } from '../../../backend/stores/lowdb/index.ts';
import { createWorld } from '../webhooks/senderWorld.ts';
import { fastClock } from './fastClock.ts';
import { randomNumbers } from './randomNumbers.ts';

/**
 * A sender as a process of its own, to be killed: it saves without end and tells one endpoint.
 *
 * Told by messages: `{ url }` registers or moves the endpoint, `{ finish: true }` stops saving; it then tells everything, says
 * what is newest, and ends.
 */
const [folder = '', key = '', base = '0', seed = '0'] = process.argv.slice(2);
const store = lowdbStore({ folder });
await store.open();
const world = createWorld(store, fastClock(Number(base)), Buffer.from(key, 'hex'));
const webhooks = await world.start();
const random = randomNumbers(Number(seed));
let isSaving = true;

process.on('message', (message: { url?: string; finish?: boolean }) => {
  if (message.finish) isSaving = false;
  if (message.url !== undefined) move(message.url).catch(fail);
});

async function move(url: string): Promise<void> {
  const [known] = (await webhooks.api.get('/webhooks')).body as { id: string }[];
  if (known) await webhooks.api.patch(`/webhooks/${known.id}`).send({ url }).expect(200);
  else process.send?.({ secret: (await webhooks.add(url)).secret });
}

function fail(error: unknown): void {
  process.send?.({ failure: String(error) });
}

async function run(): Promise<void> {
  while (isSaving) {
    const id = `m${random.below(8)}`;
    const exists = (await store.load('team', id))?.record != null;
    await world.save('team', id, exists && random.below(10) === 0 ? null : { name: `n${random.below(1_000_000)}` });
    process.send?.({ saved: true });
    await new Promise((resolve) => setTimeout(resolve, random.below(4)));
  }
  for (;;) {
    const endpoints = (await webhooks.api.get('/webhooks')).body as { id: string; pending: number }[];
    if (endpoints.every(({ pending }) => pending === 0)) break;
    // What failed may be waiting for hours: an admin who switches it on again does not wait for it.
    for (const { id } of endpoints) await webhooks.api.patch(`/webhooks/${id}`).send({ active: true }).expect(200);
    await webhooks.idle();
  }
  const newest: Record<string, number> = {};
  for (let n = 0; n < 8; n++) {
    const stored = await store.load('team', `m${n}`);
    if (stored) newest[`m${n}`] = stored.version;
  }
  for (const error of world.errors) fail(error);
  process.send?.({ newest });
  await webhooks.stop();
  await store.close();
  process.disconnect();
}

process.send?.({ ready: true });
run().catch(fail);
