import fc from 'fast-check';
import { defineResource } from 'backoffice-sync';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseCursor } from '../../shared/cursor.ts';
import type { User } from '../../backend/auth/permissions.ts';
import { startRawSubscriber, type RawSubscriber, type Transport } from '../helpers/rawSubscriber.ts';
import { startSync, type Started } from '../helpers/startSync.ts';
import { waitUntil } from '../helpers/waitUntil.ts';
import { createOracle, listeners, mayRead, type KeptRecord, type Listener, type Setup } from './whoIsTold.ts';

const seed = Number(process.env['STREAM_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
process.stdout.write(`STREAM_SEED=${seed}\n`);

const setups = fc.record<Setup>({
  public: fc.constantFrom<Setup['public']>('all', 'none', ['title'], ['title', 'level']),
  drafts: fc.boolean(),
  isScoped: fc.boolean(),
  viewerLevel: fc.constantFrom(null, 1),
});

const kinds = ['create', 'title', 'note', 'password', 'org', 'level', 'publish', 'unpublish', 'delete', 'count', 'silent', 'message', 'broadcast', 'room', 'presence'] as const; // prettier-ignore
const steps = fc.array(
  fc.record({ kind: fc.constantFrom(...kinds), which: fc.nat(2), other: fc.nat(3), level: fc.nat(3) }),
  { minLength: 15, maxLength: 40 },
);

/** One who listens, and everything that he was told, as text. */
interface Ear {
  readonly listener: Listener;
  readonly label: string;
  readonly subscriber: RawSubscriber;
  readonly heard: string[];
}

/** Every text of these laws is unlike every other one, so that it is known wherever it shows up. */
const markersIn = (text: string): readonly string[] => text.match(/mk\d+z/g) ?? [];
const headersOf = ({ user }: Listener): Record<string, string> => (user === null ? {} : { 'x-user': user.id });
const sees = ({ user }: Listener, { public: shown }: Setup): boolean => user !== null || shown !== 'none';

async function startWith(setup: Setup): Promise<Started> {
  return startSync({
    resources: [
      defineResource({
        name: 'goals',
        public: setup.public,
        drafts: setup.drafts,
        secret: ['password'],
        counter: ['views'],
        schema: z.object({ title: z.string(), note: z.string(), org: z.string(), level: z.number(), password: z.string(), views: z.number().int().default(0) }),
      }),
    ],
    messages: { told: true },
    authenticate: (request) => listeners.find(({ name }) => name === request.get('x-user'))?.user ?? null,
    can: (user, _action, { record }) => mayRead(setup, user, record),
    ...(setup.isScoped ? { scope: (user: User) => (user.kind === 'api' ? null : { org: String(user['org']) }) } : {}),
    realtime: { heartbeatMs: 30, maxConnectionsPerClient: 1_000 },
  }); // prettier-ignore
}

describe('whoever listens', () => {
  it('is never told what he may not read, on any transport, live or later, with or without a filter', async () => {
    let toldInAll = 0;
    const law = fc.asyncProperty(setups, steps, async (setup, taken) => {
      const at = await startWith(setup);
      const oracle = createOracle(setup);
      const ears: Ear[] = [];
      let next = 0;
      const marker = (): string => `mk${(next += 1)}z`;
      const since = `${(await at.send('GET', '/api/goals')).headers.get('x-sync-cursor')}`;
      const listen = (listener: Listener, transport: Transport, query: string, label: string): void => {
        const heard: string[] = [];
        const onEvent = (event: unknown): void => void heard.push(JSON.stringify(event));
        const subscriber = startRawSubscriber({ transport, query, headers: headersOf(listener), since, url: () => at.url, onEvent, backMs: 20 }); // prettier-ignore
        ears.push({ listener, label, subscriber, heard });
      };
      /** Everybody over every transport; those who sign in also follow messages, and the channels that they may join. */
      const listenAll = async (when: string, channels: readonly string[]): Promise<void> => {
        for (const listener of listeners) {
          if (!sees(listener, setup)) continue;
          const joined: string[] = [];
          for (const channel of channels)
            if (listener.user !== null && (await mayJoin(at, listener, channel))) joined.push(channel);
          const more = listener.user === null ? '' : `&messages=1${joined.length > 0 ? `&channels=${joined.join(',')}` : ''}`;
          for (const transport of ['websocket', 'sse', 'longPoll'] as const)
            listen(listener, transport, `resources=goals${more}`, `${when} ${transport}`);
          listen(listener, 'websocket', `resources=goals&eventsPerSecond=50${more}`, `${when} folded`);
          if (oracle.showsField(listener, 'level'))
            listen(listener, 'sse', 'resources=goals&filter=level=lte.1', `${when} filtered`);
        }
      };
      try {
        await listenAll('live', []);
        const [records, publics] = [new Map<string, KeptRecord>(), new Map<string, KeptRecord>()];
        const saidInRooms: (readonly [marker: string, id: string])[] = [];
        for (const { kind, which, other, level } of taken) {
          const id = [...records.keys()][which];
          const send = async (method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<void> => {
            expect((await at.send(method, path, body, headers)).status, `${method} ${path}`).toBeLessThan(300);
          }; // prettier-ignore
          const change = async (fields: Partial<KeptRecord>, headers?: Record<string, string>): Promise<void> => {
            const before = id === undefined ? undefined : records.get(id);
            if (id === undefined || before === undefined) return;
            const after = { ...before, ...fields } as KeptRecord;
            records.set(id, after);
            if (!setup.drafts) publics.set(id, after);
            oracle.becomes(after, publics.get(id) ?? null);
            await send('PATCH', `/api/goals/${id}`, fields, headers);
          };
          const org = other % 2 === 0 ? 'o1' : 'o2';
          if (kind === 'create' || (id === undefined && next < 5)) {
            const made = { id: marker(), title: marker(), note: marker(), org, level, password: marker() };
            records.set(made.id, made);
            if (!setup.drafts) publics.set(made.id, made);
            oracle.becomes(made, publics.get(made.id) ?? null);
            await send('POST', '/api/goals', made);
          } else if (kind === 'title' || kind === 'note' || kind === 'password') await change({ [kind]: marker() });
          else if (kind === 'org') await change({ org });
          else if (kind === 'level') await change({ level });
          else if (kind === 'silent') await change({ title: marker() }, { prefer: 'notify=none' });
          else if (kind === 'broadcast') {
            const text = marker();
            const excluded = ['viewer1', 'editor1', 'editor2', 'boss'][other] ?? '';
            oracle.told(text, (user) => user.id !== excluded);
            await at.sync.emitEvent('told', text, { scope: {}, excludeUserId: excluded });
          } else if (kind === 'message') {
            const [text, to] = [marker(), ['viewer1', 'editor1', 'editor2', 'boss'][other] ?? ''];
            oracle.told(text, (user) => user.id === to);
            await at.sync.emitEvent('told', text, { userIds: [to] });
          } else if (id === undefined) continue;
          else if ((kind === 'publish' || kind === 'unpublish') && setup.drafts) {
            if (kind === 'unpublish' && !publics.has(id)) continue;
            if (kind === 'publish') publics.set(id, records.get(id) as KeptRecord);
            else publics.delete(id);
            oracle.becomes(records.get(id) ?? null, publics.get(id) ?? null);
            await send('POST', `/api/goals/${id}/${kind}`);
          } else if (kind === 'delete') {
            records.delete(id);
            publics.delete(id);
            await at.sync.records('goals').delete(id);
          } else if (kind === 'count') await send('POST', `/api/goals/${id}/increment`, { views: 1 }, { 'idempotency-key': `count-${(next += 1)}` });
          else if (kind === 'room' || kind === 'presence') {
            const [text, record] = [marker(), records.get(id) as KeptRecord];
            saidInRooms.push([text, id]);
            oracle.told(text, (user) => oracle.mayReadRecord({ name: user.id, user }, record));
            if (kind === 'room') await at.sync.emitEvent('told', text, { room: `goals:${id}` });
            else await tryPresence(at, listeners[1 + other] as Listener, `goals:${id}`, text, oracle, record);
          }
        }
        // What was said in a room is told for five minutes to who may be there when he comes.
        for (const [text, id] of saidInRooms) {
          const record = records.get(id);
          if (record) oracle.told(text, (user) => oracle.mayReadRecord({ name: user.id, user }, record));
        }
        const channels = [...records.keys()].slice(0, 5).map((id) => `goals:${id}`);
        await listenAll('later', channels);
        const head = parseCursor((await at.send('GET', '/api/goals')).headers.get('x-sync-cursor') ?? '')?.seq ?? 0;
        const isThere = ({ subscriber }: Ear): boolean => (parseCursor(subscriber.cursor() ?? '')?.seq ?? 0) >= head;
        await waitUntil('everybody is at the end', () => ears.every(isThere));
        for (const { listener, label, heard } of ears) {
          const text = heard.join('\n');
          for (const one of markersIn(text))
            if (!oracle.mayKnow(listener.name, one))
              throw new Error(`${listener.name} was told ${one}, ${label}: ${heard.find((line) => line.includes(one))}`);
          expect(text).not.toContain('"password"');
          if (listener.user === null) expect(text).not.toMatch(/Name-of-|updatedBy|test-token|"api"[^}]*"name":"[^"]/);
          toldInAll += heard.length;
        }
        for (const listener of listeners.filter((one) => sees(one, setup))) await refusesOracles(at, setup, listener, oracle);
      } finally {
        for (const { subscriber } of ears) subscriber.stop();
        await at.stop();
      }
    }); // prettier-ignore
    await fc.assert(law, { numRuns: 8, seed, endOnFailure: true });
    expect(toldInAll).toBeGreaterThan(500);
  });
});

/** Asks for a channel by a poll, which says no instead of ending. */
async function mayJoin(at: Started, listener: Listener, channel: string): Promise<boolean> {
  const answer = await fetch(`${at.url}/api/sync/poll?resources=&channels=${channel}`, {
    headers: headersOf(listener),
  });
  return answer.status === 200;
}

/** Enters a channel; only who may read its record gets in. */
async function tryPresence(at: Started, listener: Listener, channel: string, text: string, oracle: ReturnType<typeof createOracle>, record: KeptRecord): Promise<void> {
  const answer = await fetch(`${at.url}/api/sync/presence`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: at.url, ...headersOf(listener) },
    body: JSON.stringify({ channel, key: `key-of-${listener.name}`, state: { text } }),
  });
  const said = `${listener.name} ${JSON.stringify(record)}: ${await answer.text()}`;
  expect(answer.status, said).toBe(oracle.mayReadRecord(listener, record) ? 200 : 403);
} // prettier-ignore

/** A snapshot shows nothing more, and what cannot be read cannot be filtered by. */
async function refusesOracles(at: Started, setup: Setup, listener: Listener, oracle: ReturnType<typeof createOracle>): Promise<void> {
  const headers = headersOf(listener);
  const snapshot = await (await fetch(`${at.url}/api/sync/snapshot?resources=goals`, { headers })).text();
  for (const one of markersIn(snapshot)) expect(oracle.mayKnow(listener.name, one), `${listener.name} ${one}`).toBe(true);
  for (const field of ['title', 'note', 'password', 'level', 'updatedBy']) {
    const answer = await fetch(`${at.url}/api/sync/poll?resources=goals&filter=${field}=neq.x`, { headers });
    const isReadable = oracle.showsField(listener, field) && (field !== 'updatedBy' || listener.user !== null);
    expect(answer.status, `${listener.name} filters by ${field} where public is ${String(setup.public)}`).toBe(isReadable ? 200 : 403);
  }
} // prettier-ignore
