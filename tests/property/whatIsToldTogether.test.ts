import fc from 'fast-check';
import { defineResource } from 'backoffice-sync';
import { expect, it } from 'vitest';
import { z } from 'zod';
import type { User } from '../../backend/auth/permissions.ts';
import type { SyncEvent } from '../../shared/protocol/events.ts';
import { parseCursor } from '../../shared/cursor.ts';
import { openSocket, type OpenSocket } from '../helpers/openSocket.ts';
import { startRawSubscriber, type RawSubscriber } from '../helpers/rawSubscriber.ts';
import { startSync, type Started } from '../helpers/startSync.ts';
import { waitUntil } from '../helpers/waitUntil.ts';
import { createOracle, listeners, mayRead, type KeptRecord, type Listener, type Setup } from './whoIsTold.ts';

const seed = Number(process.env['STREAM_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
process.stdout.write(`STREAM_SEED=${seed}\n`);

/** An installation of these laws: as in the others, without drafts, and also one that tells without fields. */
interface ToldSetup extends Setup {
  readonly isNotify: boolean;
}

/** How somebody listens, everything together. */
interface Way {
  readonly transport: 'websocket' | 'sse' | 'poll';
  readonly isFiltered: boolean;
  readonly eventsPerSecond: number | null;
  readonly isPresent: boolean;
}

/** One who listens in some way, and what he was told. */
interface Ear extends Way {
  readonly listener: Listener;
  readonly subscriber: RawSubscriber;
  readonly heard: SyncEvent[];
}

const setups = fc.record<ToldSetup>({
  public: fc.constantFrom<Setup['public']>('all', ['title'], ['title', 'level']),
  drafts: fc.constant(false),
  isScoped: fc.boolean(),
  viewerLevel: fc.constantFrom(null, 1),
  isNotify: fc.boolean(),
});
const ways = fc.uniqueArray(
  fc.record<Way>({
    transport: fc.constantFrom('websocket', 'sse', 'poll'),
    isFiltered: fc.boolean(),
    eventsPerSecond: fc.constantFrom(null, 20),
    isPresent: fc.boolean(),
  }),
  { minLength: 4, maxLength: 5, selector: (way) => JSON.stringify(way) },
);
const kinds = ['create', 'title', 'title', 'level', 'level', 'org', 'delete', 'presence', 'presence'] as const;
const steps = fc.array(fc.record({ kind: fc.constantFrom(...kinds), which: fc.nat(2), other: fc.nat(3) }), {
  minLength: 20,
  maxLength: 40,
});

const markersIn = (text: string): readonly string[] => text.match(/mk\d+z/g) ?? [];
const headersOf = ({ user }: Listener): Record<string, string> => (user === null ? {} : { 'x-user': user.id });
const passes = ({ isFiltered }: Way, { level }: KeptRecord): boolean => !isFiltered || level <= 1;
/** Records that no step touches: who may read one of them is in its channel all the time. */
const rooms: readonly KeptRecord[] = ['o1', 'o2'].map((org) => ({ id: `room-${org}`, title: 'room', org, level: 0 }));

async function startWith(setup: ToldSetup): Promise<Started> {
  const at = await startSync({
    resources: [
      defineResource({
        name: 'goals',
        public: setup.public,
        live: setup.isNotify ? 'notify' : true,
        schema: z.object({ title: z.string(), org: z.string(), level: z.number() }),
      }),
    ],
    authenticate: (request) => listeners.find(({ name }) => name === request.get('x-user'))?.user ?? null,
    can: (user, _action, { record }) => mayRead(setup, user, record),
    ...(setup.isScoped ? { scope: (user: User) => (user.kind === 'api' ? null : { org: String(user['org']) }) } : {}),
    // Who answers no sign of life for two of them is gone.
    realtime: { heartbeatMs: 1_000, maxConnectionsPerClient: 1_000 },
  });
  for (const room of rooms) expect((await at.send('POST', '/api/goals', room)).status).toBe(201);
  return at;
}

it('fields, filters, fewer events and presence hold together: nobody is told more than each of them allows, and everybody the last state', async () => {
  let toldInAll = 0;
  const law = fc.asyncProperty(setups, ways, steps, async (setup, wanted, taken) => {
    const at = await startWith(setup);
    const { mayReadRecord, showsField } = createOracle(setup);
    const ears: Ear[] = [];
    const mouths = new Map<string, OpenSocket>();
    const states: KeptRecord[] = [];
    const records = new Map<string, KeptRecord>();
    /** The last that somebody said in a room, and all that was ever said there. */
    const lastSaid = new Map<string, { readonly room: KeptRecord; readonly text: string }>();
    const said = new Map<string, KeptRecord>();
    let next = 0;
    const marker = (): string => `mk${(next += 1)}z`;
    const since = `${(await at.send('GET', '/api/goals')).headers.get('x-sync-cursor')}`;
    const roomsOf = (listener: Listener): readonly KeptRecord[] =>
      listener.user === null ? [] : rooms.filter((room) => mayReadRecord(listener, room));
    const channelsOf = (listener: Listener): string => roomsOf(listener).map(({ id }) => `goals:${id}`).join(','); // prettier-ignore

    const listen = (listener: Listener, way: Way): void => {
      const isFiltered = way.isFiltered && showsField(listener, 'level');
      const isPresent = way.isPresent && roomsOf(listener).length > 0;
      const heard: SyncEvent[] = [];
      const query = [
        'resources=goals',
        ...(isFiltered ? ['filter=level=lte.1'] : []),
        ...(way.eventsPerSecond === null ? [] : [`eventsPerSecond=${way.eventsPerSecond}`]),
        ...(isPresent ? [`channels=${channelsOf(listener)}`] : []),
      ].join('&');
      const subscriber = startRawSubscriber({ transport: way.transport, query, headers: headersOf(listener), since, url: () => at.url, onEvent: (event) => void heard.push(event), backMs: 20 }); // prettier-ignore
      ears.push({ ...way, isFiltered, isPresent, listener, subscriber, heard });
    };
    const send = async (method: string, path: string, body?: unknown): Promise<void> => {
      const headers: Record<string, string> = method === 'DELETE' ? { 'if-match': '*' } : {};
      expect((await at.send(method, path, body, headers)).status, `${method} ${path}`).toBeLessThan(300);
    };
    const become = async (record: KeptRecord, method: 'POST' | 'PATCH', fields: object): Promise<void> => {
      records.set(String(record['id']), record);
      states.push(record);
      await send(method, method === 'POST' ? '/api/goals' : `/api/goals/${record['id']}`, fields);
    };
    /** Says where he is over a socket, also in a room that is closed to him: then he is refused, and nobody hears it. */
    const speak = async (listener: Listener, room: KeptRecord): Promise<void> => {
      const socket = mouths.get(listener.name);
      if (!socket) return;
      const text = marker();
      const isIn = mayReadRecord(listener, room);
      if (isIn) {
        said.set(text, room);
        lastSaid.set(`${listener.name} ${room['id']}`, { room, text });
      }
      socket.say({ type: 'presence', channel: `goals:${room['id']}`, state: { text } });
      if (isIn) return;
      const isRefused = (): boolean => socket.rest().some((frame) => JSON.stringify(frame).includes('"FORBIDDEN"'));
      await waitUntil('he is refused', isRefused, 5_000);
    };

    try {
      for (const listener of listeners) {
        for (const way of wanted) listen(listener, way);
        if (listener.user === null) continue;
        const socket = await openSocket(`${at.url}/api/sync/ws?resources=&channels=${channelsOf(listener)}`, headersOf(listener)); // prettier-ignore
        await socket.next('subscribed');
        mouths.set(listener.name, socket);
      }
      for (const { kind, which, other } of taken) {
        const known = [...records.values()][which];
        if (kind === 'presence') await speak(listeners[1 + other] as Listener, rooms[which % 2] as KeptRecord);
        else if (kind === 'create' || known === undefined) {
          const made = { id: marker(), title: marker(), org: other % 2 === 0 ? 'o1' : 'o2', level: other };
          await become(made, 'POST', made);
        } else if (kind === 'delete') {
          records.delete(String(known['id']));
          await send('DELETE', `/api/goals/${known['id']}`);
        } else {
          const fields = kind === 'title' ? { title: marker() } : kind === 'level' ? { level: other } : { org: other % 2 === 0 ? 'o1' : 'o2' }; // prettier-ignore
          await become({ ...known, ...fields } as KeptRecord, 'PATCH', fields);
        }
      }
      const head = parseCursor((await at.send('GET', '/api/goals')).headers.get('x-sync-cursor') ?? '')?.seq ?? 0;
      const isThere = ({ subscriber }: Ear): boolean => (parseCursor(subscriber.cursor() ?? '')?.seq ?? 0) >= head;
      const hasHeardLast = ({ isPresent, listener, heard }: Ear): boolean => {
        const text = isPresent ? JSON.stringify(heard) : '';
        return !isPresent || [...lastSaid.values()].every((last) => !mayReadRecord(listener, last.room) || text.includes(`"${last.text}"`)); // prettier-ignore
      };
      await waitUntil('everybody is at the end', () => ears.every((ear) => isThere(ear) && hasHeardLast(ear)));

      for (const ear of ears) {
        const { listener, heard } = ear;
        const who = `${listener.name} ${JSON.stringify({ ...ear, listener: 0, subscriber: 0, heard: 0 })} in ${JSON.stringify(setup)}`; // prettier-ignore
        const mayHear = (one: string): boolean => {
          const room = said.get(one);
          if (room) return ear.isPresent && mayReadRecord(listener, room);
          const shows = (state: KeptRecord) => state['id'] === one || (state['title'] === one && !setup.isNotify && showsField(listener, 'title')); // prettier-ignore
          return states.some((state) => shows(state) && mayReadRecord(listener, state) && passes(ear, state));
        };
        for (const event of heard)
          for (const one of markersIn(JSON.stringify(event)))
            if (!mayHear(one)) throw new Error(`${who} was told ${one}: ${JSON.stringify(event)}`);
        const last = new Map<string, SyncEvent & { type: 'change' }>();
        for (const event of heard) if (event.type === 'change') last.set(event.change.id, event);
        for (const id of new Set(states.map((state) => String(state['id'])))) {
          const now = records.get(id);
          const told = last.get(id)?.change;
          const isSeen = now !== undefined && mayReadRecord(listener, now) && passes(ear, now);
          expect(told !== undefined && told.operation !== 'deleted', `${who} sees ${id}`).toBe(isSeen);
          const title = setup.isNotify ? undefined : now?.['title'];
          if (isSeen) expect(told?.record?.['title'], `${who} sees the last title of ${id}`).toBe(title);
        }
        toldInAll += heard.length;
      }
    } finally {
      for (const { subscriber } of ears) subscriber.stop();
      for (const socket of mouths.values()) socket.cut();
      await at.stop();
    }
  });
  await fc.assert(law, { numRuns: 8, seed, endOnFailure: true });
  expect(toldInAll).toBeGreaterThan(500);
}); // prettier-ignore
