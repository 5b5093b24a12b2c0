import { lowdbStore } from '../../../backend/stores/lowdb/index.ts';
import { createClock, createWorld } from './senderWorld.ts';

/** A sender as a process of its own, to be killed: it works on a folder, and adds an endpoint and saves when it gets an address. */
const [folder = '', key = '', url] = process.argv.slice(2);
const store = lowdbStore({ folder });
await store.open();
const world = createWorld(store, createClock(Date.now()), Buffer.from(key, 'hex'));
const webhooks = await world.start();
if (url !== undefined) {
  await webhooks.add(url);
  await world.save('settings', 'main', { name: 'one' });
}
await webhooks.idle();
await webhooks.stop();
await store.close();
