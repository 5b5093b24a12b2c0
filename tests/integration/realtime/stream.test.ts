import { afterEach, describe, expect, it } from 'vitest';
import type { SyncEvent } from '../../../shared/protocol/events.ts';
import { startRawSubscriber, transportNames, type RawSubscriber, type Transport } from '../../helpers/rawSubscriber.ts';
import { startRoughProxy, type RoughProxy, type Roughness } from '../../helpers/roughProxy.ts';
import { startSync, type Started } from '../../helpers/startSync.ts';
import { waitUntil } from '../../helpers/waitUntil.ts';
import { randomNumbers } from '../torture/randomNumbers.ts';

const seed = Number(process.env['STREAM_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
process.stdout.write(`STREAM_SEED=${seed}\n`);

/** One subscriber behind a proxy, and what it was told. */
interface Following {
  readonly subscriber: RawSubscriber;
  readonly proxy: RoughProxy;
  readonly told: SyncEvent[];
  /** The versions that it was told, in the order in which they came. */
  versions(): readonly number[];
  stop(): Promise<void>;
}

async function follow(at: Started, transport: Transport, roughness: Omit<Roughness, 'below'>): Promise<Following> {
  const { below } = randomNumbers(seed);
  const proxy = await startRoughProxy(() => at.url, { below, ...roughness });
  const told: SyncEvent[] = [];
  const subscriber = startRawSubscriber({
    transport,
    url: () => proxy.url,
    query: 'resources=settings',
    // Its first place is known before anything breaks.
    since: (await at.send('GET', '/api/settings')).headers.get('x-sync-cursor'),
    onEvent: (event) => void told.push(event),
  });
  return {
    subscriber,
    proxy,
    told,
    versions: () => told.flatMap((event) => (event.type === 'change' ? [event.change.version] : [])),
    async stop() {
      subscriber.stop();
      await proxy.close();
    },
  };
}

describe.each(transportNames)('stream over %s', (transport) => {
  let at: Started;
  let following: Following | null = null;
  afterEach(async () => {
    await following?.stop();
    following = null;
    await at.stop();
  });
  const open = async (roughness: Omit<Roughness, 'below'>): Promise<Following> => {
    at = await startSync({ realtime: { heartbeatMs: 200, maxConnectionsPerClient: 1_000 } });
    following = await follow(at, transport, roughness);
    return following;
  };
  /** Saves so often, and returns the versions that there are then. */
  const save = async (from: number, count: number): Promise<readonly number[]> => {
    for (let index = 0; index < count; index += 1) {
      const companyName = `n${from + index} ${'é'.repeat((index * 97) % 700)}`;
      expect((await at.send('PATCH', '/api/settings', { companyName })).status).toBe(200);
    }
    return Array.from({ length: count }, (_, index) => from + index);
  };
  /** Saves so often at once. */
  const saveTogether = async (count: number): Promise<void> => {
    const saves = Array.from({ length: count }, (_, index) =>
      at.send('PATCH', '/api/settings', { companyName: `${Math.random()} ${index}` }),
    );
    for (const { status } of await Promise.all(saves)) expect(status).toBe(200);
  };
  const arrives = (last: number): Promise<void> =>
    waitUntil(`version ${last} arrives; seed ${seed}`, () => following?.versions().at(-1) === last);

  it('tells every change once and in order, however often the line is cut, also within a frame', async () => {
    const { versions, proxy } = await open({ cutBelowBytes: 6_000 });
    const wanted = await save(2, 80);
    await waitUntil('some cuts', () => proxy.cuts() >= 3);
    proxy.calm();
    await arrives(81);
    expect(versions()).toEqual(wanted);
    expect(following?.told.filter(({ type }) => type !== 'change')).toEqual([]);
  });

  it('tells every change once and in order through a proxy that holds bytes back', async () => {
    const { versions } = await open({ holdBytes: 3_000, holdMs: 30 });
    const wanted = await save(2, 40);
    await arrives(41);
    expect(versions()).toEqual(wanted);
  });

  it('tells every change once and in order of saves that come at the same moment and share a commit', async () => {
    const { versions } = await open({});
    for (let round = 0; round < 12; round += 1) await saveTogether(8);
    await arrives(97);
    expect(versions()).toEqual(Array.from({ length: 96 }, (_, index) => index + 2));
  });

  it('tells a client that was away for more than a page of the log each change once and in order', async () => {
    const { versions, subscriber, told } = await open({});
    await save(2, 1);
    await arrives(2);
    await following?.stop();
    for (let round = 0; round < 14; round += 1) await saveTogether(50);
    const since = subscriber.cursor();
    const onEvent = (event: SyncEvent): void => void told.push(event);
    const again = startRawSubscriber({ transport, url: () => at.url, query: 'resources=settings', since, onEvent });
    await arrives(702);
    again.stop();
    expect(versions()).toEqual(Array.from({ length: 701 }, (_, index) => index + 2));
  });

  it('misses nothing behind a proxy that cuts quiet lines', async () => {
    const { versions, subscriber } = await open({ idleMs: 60 });
    await save(2, 3);
    // Quiet until it was cut and came back.
    const before = subscriber.connections();
    await waitUntil('a quiet line is cut', () => subscriber.connections() > before + 1);
    await save(5, 3);
    await arrives(7);
    expect(versions()).toEqual([2, 3, 4, 5, 6, 7]);
  });

  it('goes on where it was after the server restarted, and after saves while it was away', async () => {
    const { versions, subscriber } = await open({});
    await save(2, 10);
    await at.restart();
    await save(12, 10);
    await arrives(21);
    subscriber.cut();
    await save(22, 10);
    await arrives(31);
    expect(versions()).toEqual(Array.from({ length: 30 }, (_, index) => index + 2));
    expect(following?.told.filter(({ type }) => type === 'reset')).toEqual([]);
  });

  it('is told exactly one reset when the log is another one, and follows from there', async () => {
    const { subscriber, told } = await open({});
    await save(2, 3);
    await arrives(4);
    const cursor = subscriber.cursor();
    await following?.stop();
    const epoch = String(cursor).split(':')[0] ?? '';
    told.length = 0;
    // The same place in a log that is not this one, as after a restore from a backup.
    const other = `${epoch.slice(0, -4)}${epoch.endsWith('0000') ? '1111' : '0000'}:${String(cursor).split(':')[1]}`;
    const again = startRawSubscriber({
      transport,
      url: () => at.url,
      query: 'resources=settings',
      since: other,
      onEvent: (event) => void told.push(event),
    });
    await waitUntil('the reset', () => told.length > 0);
    await save(5, 3);
    again.cut();
    await waitUntil('what came after', () => told.length >= 4);
    again.stop();
    expect(told.map(({ type }) => type)).toEqual(['reset', 'change', 'change', 'change']);
    expect(told[0]).toMatchObject({ scope: 'changes', reason: 'epoch' });
  });
});
