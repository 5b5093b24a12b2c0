import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createConnection, type Connection, type Connectivity, type Follower } from 'backoffice-sync/client';
import { parseCursor } from '../../shared/cursor.ts';
import type { ChangeEvent, ResetEvent, SyncMessageEvent } from '../../shared/protocol/events.ts';
import type { SyncMessage } from '../../shared/protocol/messages.ts';
import { createScriptedLog, readFilter, view, type ScriptedLog } from '../helpers/scriptedLog.ts';
import { breathe, createScriptedNetwork, type ScriptedNetwork, type Way } from '../helpers/scriptedNetwork.ts';
import { createTestClock, type TestClock } from '../unit/client/testClock.ts';

type Told = ChangeEvent | ResetEvent | SyncMessageEvent;
/** What somebody should be told from a place on, for as long as he wants the same. */
interface Stretch {
  readonly resources: readonly string[];
  readonly filters: readonly string[];
  readonly messages: boolean;
  /** Null: from the moment when the server first answers, which a test cannot know. */
  readonly from: string | null;
  readonly told: Told[];
}
interface Listener {
  readonly stretches: Stretch[];
  stop: () => void;
  readonly update?: Follower['update'];
}

const resources = ['goals', 'tasks', 'posts'];
const filterTexts = ['org=eq.a', 'goals:org=eq.b', 'size=gt.1'];

class World {
  readonly log: ScriptedLog = createScriptedLog();
  /** Logs that were replaced, by their epoch. */
  readonly entries = new Map<string, ScriptedLog['entries']>();
  readonly network: ScriptedNetwork = createScriptedNetwork(this.log);
  readonly clock: TestClock;
  readonly connection: Connection;
  readonly listeners: Listener[] = [];
  readonly live: Listener[] = [];
  holes = 0;
  isOnline = true;
  #tellOnline = () => {};

  constructor(random: () => number) {
    this.clock = { ...createTestClock(), random };
    const base = createTestClock();
    this.clock = Object.defineProperties(base, { random: { value: random } });
    const connectivity: Connectivity = {
      isOnline: () => this.isOnline,
      subscribe: (listener) => {
        this.#tellOnline = listener;
        return () => undefined;
      },
    };
    this.connection = createConnection({
      backendUrl: 'http://stand-in.test',
      clock: this.clock,
      connectivity,
      WebSocket: this.network.WebSocket,
      fetch: this.network.fetch,
    });
    this.keep();
  }

  keep(): void {
    this.entries.set(this.log.epoch, this.log.entries);
  }

  setOnline(isOnline: boolean): void {
    this.isOnline = isOnline;
    this.#tellOnline();
  }

  follow(names: readonly string[], filters: readonly string[], since: string | undefined): void {
    const fitting = filters.filter((text) => !text.includes(':') || names.includes(text.split(':')[0] ?? ''));
    const stretches: Stretch[] = [
      { resources: names, filters: fitting, messages: false, from: since ?? null, told: [] },
    ];
    const follower = this.connection.follow({
      resources: names,
      filters: fitting,
      ...(since === undefined ? {} : { since }),
      onEvent: (event) => stretches.at(-1)?.told.push(event),
    });
    this.#add({ stretches, stop: () => follower.close(), update: (wants) => follower.update(wants) });
  }

  listen(): void {
    const stretches: Stretch[] = [{ resources: [], filters: [], messages: true, from: null, told: [] }];
    const take = (message: SyncMessage): void => {
      const cursor = message.id.slice(2);
      stretches[0]?.told.push({ type: 'message', cursor, message });
    };
    const onReset = (event: ResetEvent) => void stretches[0]?.told.push(event);
    this.#add({ stretches, stop: this.connection.onMessage(take, { onReset }) });
  }

  #add(listener: Listener): void {
    this.listeners.push(listener);
    this.live.push(listener);
  }
}

/** A step of a history; numbers choose among what there is at that moment. */
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('save' as const),
      n: fc.nat(),
      size: fc.nat(3),
      org: fc.constantFrom('a', 'b'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('message' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('force' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('follow' as const),
      n: fc.nat(),
      filter: fc.nat(),
      back: fc.option(fc.nat(5)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('listen' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('unfollow' as const), n: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('update' as const), n: fc.nat(), m: fc.nat() }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('way' as const),
      kind: fc.constantFrom('websocket' as const, 'sse' as const, 'poll' as const),
      way: fc.constantFrom<Way>('open', 'refused', 'hangs'),
    }),
  },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('arrive' as const), n: fc.nat(), bytes: fc.nat(3000) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('cut' as const), n: fc.nat(), bytes: fc.nat(900) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      ms: fc.constantFrom(50, 300, 1000, 3000, 12_000, 60_000),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('flush' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('replace' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('forget' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('online' as const), is: fc.boolean() }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const some = <T>(all: Iterable<T>, n: number): T | undefined => [...all][n % Math.max(1, [...all].length)];
const namesOf = (n: number) => resources.filter((_, index) => ((n % 7) + 1) & (1 << index));
const filtersOf = (n: number) => filterTexts.filter((_, index) => (n % 8) & (1 << index));

async function run(world: World, one: Step): Promise<void> {
  const { log, network, live } = world;
  switch (one.do) {
    case 'save': {
      const record = one.size === 0 ? null : { org: one.org, size: one.size, name: `Été ${one.n}` };
      const [resource = 'goals', id] = [resources[one.n % 3], String(one.n % 5)];
      const isThere = log.entries.findLast(
        (e) => e.type === 'change' && e.change.resource === resource && e.change.id === id,
      );
      if (record || (isThere?.type === 'change' && isThere.change.record)) log.save(resource, id, record);
      return;
    }
    case 'message':
      return log.message('test');
    case 'force':
      return log.force();
    case 'follow': {
      const head = parseCursor(log.head)?.seq ?? 0;
      const since =
        one.back === null ? undefined : `${log.epoch}:${Math.max(world.holes === 0 ? 0 : head, head - one.back)}`;
      return world.follow(namesOf(one.n), filtersOf(one.filter), since);
    }
    case 'listen':
      return world.listen();
    case 'unfollow': {
      const listener = some(live, one.n);
      listener?.stop();
      if (listener) live.splice(live.indexOf(listener), 1);
      return;
    }
    case 'update': {
      const listener = some(
        live.filter((each) => each.update),
        one.n,
      );
      const last = listener?.stretches.at(-1);
      if (!listener || !last) return;
      const wants = { resources: namesOf(one.m), filters: [] };
      const from = last.told.at(-1)?.cursor ?? last.from;
      listener.stretches.push({ ...wants, messages: false, from, told: [] });
      return listener.update?.(from === null ? wants : { ...wants, since: from });
    }
    case 'way':
      network.ways[one.kind] = one.way;
      return;
    case 'arrive': {
      const pipe = some(network.pipes, one.n);
      pipe?.pump();
      pipe?.deliver(one.bytes);
      return;
    }
    case 'cut': {
      const pipe = some(network.pipes, one.n);
      pipe?.pump();
      pipe?.deliver(one.bytes);
      await breathe();
      if (pipe && network.pipes.has(pipe)) pipe.cut();
      return;
    }
    case 'pass':
      world.clock.advance(one.ms);
      return;
    case 'flush':
      return network.flush();
    case 'replace':
      log.replace();
      world.holes += 1;
      return world.keep();
    case 'forget':
      log.forgetUpTo(parseCursor(log.head)?.seq ?? 0);
      world.holes += 1;
      return;
    case 'online':
      return world.setOnline(one.is);
  }
}

/** Numbers from 0 to just under 1, the same for the same seed. */
function chanceOf(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5;
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
  };
}

/** Everything is whole again, until nobody has anything left to say. */
async function heal(world: World): Promise<void> {
  Object.assign(world.network.ways, { websocket: 'open', sse: 'open', poll: 'open' });
  world.setOnline(true);
  for (let turn = 0; turn < 12; turn += 1) {
    await world.network.flush();
    world.clock.advance(turn < 8 ? 6000 : 500);
  }
  await world.network.flush();
}

/** Compares what somebody was told with what the log says, from where he began. */
function judge(world: World, listener: Listener, isOpen: boolean): void {
  let resets = 0;
  listener.stretches.forEach((stretch, index) => {
    const { told } = stretch;
    let place = stretch.from;
    let rest = told;
    const isLast = index === listener.stretches.length - 1;
    for (;;) {
      const end = rest.findIndex((event) => event.type === 'reset' && event.reason !== 'forced');
      const piece = end === -1 ? rest : rest.slice(0, end);
      const epoch = place === null ? piece[0] && parseCursor(piece[0].cursor)?.epoch : parseCursor(place)?.epoch;
      const expected = expectedAfter(world, stretch, place, epoch, piece);
      // Whoever was reset, closed or changed in between has a beginning of it, without a hole.
      const isWhole = end === -1 && isLast && isOpen;
      expect(piece.map(nameOf)).toEqual((isWhole ? expected : expected.slice(0, piece.length)).map(nameOf));
      if (end === -1) break;
      resets += 1;
      place = rest[end]?.cursor ?? null;
      rest = rest.slice(end + 1);
    }
  });
  expect(resets).toBeLessThanOrEqual(world.holes * listener.stretches.length);
}

function expectedAfter(
  world: World,
  stretch: Stretch,
  place: string | null,
  epoch: string | undefined,
  piece: readonly Told[],
): readonly Told[] {
  if (epoch === undefined) return [];
  // From now: now is when the server answered, which is before the first thing that was told.
  const after = place === null ? (parseCursor(piece[0]?.cursor ?? '')?.seq ?? 1) - 1 : (parseCursor(place)?.seq ?? 0);
  const filters = stretch.filters.map(readFilter);
  return (world.entries.get(epoch) ?? []).slice(after).flatMap((entry) => {
    const seen = view(entry, { ...stretch, channels: [] }, filters);
    return seen ?? [];
  });
}

const nameOf = (event: Told) =>
  `${event.cursor} ${event.type} ${event.type === 'change' ? `${event.change.resource} ${event.change.operation} ${JSON.stringify(event.change.record)}` : ''}`;

it('whatever is cut, held back, blocked or replaced: each listener is told its sequence once, in order, or a reset', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), fc.nat(), async (steps, seed) => {
      const world = new World(chanceOf(seed));
      for (const one of steps) {
        await run(world, one);
        await breathe();
      }
      await heal(world);
      for (const resource of resources) world.log.save(resource, 'last', { org: 'a', size: 2 });
      await heal(world);
      for (const listener of world.listeners) judge(world, listener, world.live.includes(listener));
      if (world.live.length > 0)
        expect(world.connection.getStatus()).toMatchObject({ state: 'live', transport: 'websocket' });
      world.connection.close();
      expect(world.network.pipes.size).toBe(0);
    }),
    { numRuns: 500 },
  );
});
