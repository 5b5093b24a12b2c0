import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { defineResource } from 'backoffice-sync';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseCursor } from '../../../shared/cursor.ts';
import { startSync, type Started } from '../../helpers/startSync.ts';
import { transportNames } from '../../helpers/rawSubscriber.ts';
import { randomNumbers } from './randomNumbers.ts';
import type { HerdAnswer, HerdMember, HerdQuestion } from './subscriberHerd.ts';

const seed = Number(process.env['STREAM_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
process.stdout.write(`STREAM_SEED=${seed}\n`);

/** Subscribers, and saves while they are cut. */
const [subscriberCount, saveCount, recordCount, writerCount] = [1_000, 2_000, 20, 4];

const ids = Array.from({ length: recordCount }, (_, index) => `r${index}`);
const orgOf = (id: string): string => (Number(id.slice(1)) % 2 === 0 ? 'o1' : 'o2');
const resources = [
  defineResource({
    name: 'goals',
    schema: z.object({ title: z.string(), org: z.string(), lane: z.string() }),
    seed: ids.map((id) => ({ id, title: '', org: orgOf(id), lane: 'a' })),
  }),
  defineResource({
    name: 'board',
    public: ['title', 'lane'],
    schema: z.object({ title: z.string(), lane: z.string(), secret: z.string() }),
    seed: ids.map((id) => ({ id, title: '', lane: 'a', secret: '' })),
  }),
];

/** One thing that happened, with the lanes of the record before and after; `audience` is an organization or a user. */
interface Happened {
  readonly seq: number;
  readonly what: string;
  readonly version: number;
  readonly resource: 'goals' | 'board' | 'message';
  readonly org: string;
  readonly lanes: readonly [string, string];
  readonly isPublic: boolean;
}

/** The kinds of subscribers, each with what it has to be told of something: null for nothing. Nothing of the product is asked. */
const kinds: readonly { query: string; user: string | null; told: (of: Happened) => string | null }[] = [
  ...['o1', 'o2'].flatMap((org) => [
    { query: 'resources=goals', user: `ada:${org}`, told: (of: Happened) => (of.resource === 'goals' && of.org === org ? 'updated' : null) },
    { query: 'resources=goals&filter=lane=eq.b', user: `ben:${org}`, told: (of: Happened) => (of.resource === 'goals' && of.org === org ? throughLane(of, 'b') : null) },
    { query: 'resources=&messages=1', user: `eve:${org}`, told: (of: Happened) => (of.resource === 'message' && of.org === `eve:${org}` ? 'message' : null) },
  ]),
  { query: 'resources=board', user: null, told: (of) => (of.resource === 'board' && of.isPublic ? 'updated' : null) },
  { query: 'resources=board&filter=board:lane=in.(a,c)', user: null, told: (of) => (of.resource === 'board' ? throughLane(of, 'a', 'c') : null) },
]; // prettier-ignore

function throughLane({ lanes: [before, after], isPublic, resource }: Happened, ...wanted: string[]): string | null {
  const [wasIn, isIn] = [wanted.includes(before), wanted.includes(after)];
  if (wasIn && isIn) return resource === 'goals' || isPublic ? 'updated' : null;
  return isIn ? 'created' : wasIn ? 'deleted' : null;
}

describe('a thousand subscribers who are cut at any moment', () => {
  let at: Started;
  afterEach(() => at.stop());

  it('are each told exactly what their subscription is about, once and in order, while two thousand saves happen', async () => {
    at = await startSync({
      resources,
      authenticate: (request) => {
        const id = request.get('x-user');
        return id === undefined ? null : { id, name: id, role: 'editor', kind: 'admin' };
      },
      scope: (user) => (user.kind === 'api' ? null : { org: String(user.id.split(':')[1]) }),
      realtime: { heartbeatMs: 1_000, maxConnections: 5_000, maxConnectionsPerClient: 5_000 },
    });
    const members: HerdMember[] = Array.from({ length: subscriberCount }, (_, index) => {
      const kind = kinds[index % kinds.length] as (typeof kinds)[number];
      const transport = transportNames[Math.floor(index / kinds.length) % transportNames.length] ?? 'sse';
      const headers: Record<string, string> = kind.user === null ? {} : { 'x-user': kind.user };
      return { transport, query: kind.query, headers };
    });
    const child = fork(fileURLToPath(new URL('./subscriberHerd.ts', import.meta.url)), [], {
      execArgv: ['--import', 'tsx'],
    });
    const ended = once(child, 'exit');
    const told = new Map<number, readonly string[]>();
    const behind: number[] = [];
    let connections = 0;
    let heard = (): void => {};
    const answers: string[] = [];
    child.on('message', (answer: HerdAnswer) => {
      if (answer.type === 'told') {
        told.set(answer.index, answer.events);
        connections += answer.connections;
      } else if (answer.type === 'behind') behind.push(answer.index);
      else answers.push(answer.type);
      heard();
    });
    const answered = async (type: string): Promise<void> => {
      while (!answers.includes(type))
        await Promise.race([
          new Promise<void>((resolve) => (heard = resolve)),
          ended.then(() => Promise.reject(new Error('The herd ended.'))),
        ]);
    };
    const ask = (question: HerdQuestion): boolean => child.send(question);

    const since = (await at.send('GET', '/api/board/r0')).headers.get('x-sync-cursor') ?? '';
    ask({ type: 'start', url: at.url, since, seed, members });
    await answered('started');
    const began = performance.now();

    const random = randomNumbers(seed);
    const happened: Happened[] = [];
    const lanes = new Map<string, string>();
    /** What one writer does: records of its own, so that it knows what was in them before. */
    const write = async (own: readonly string[]): Promise<void> => {
      for (let count = 0; count < saveCount / writerCount; count += 1) {
        const id = own[random.below(own.length)] ?? 'r0';
        const kind = random.below(10);
        if (kind === 0) {
          const user = `eve:${orgOf(id)}`;
          const { seq, id: what } = await at.sync.emitEvent('test', { count }, { userIds: [user] });
          happened.push({ seq, what, version: 0, resource: 'message', org: user, lanes: ['', ''], isPublic: false });
          continue;
        }
        const resource = kind < 6 ? 'goals' : 'board';
        const isPublic = resource === 'goals' || random.below(3) > 0;
        const before = lanes.get(`${resource}/${id}`) ?? 'a';
        const lane = isPublic ? (['a', 'b', 'c'][random.below(3)] ?? 'a') : before;
        lanes.set(`${resource}/${id}`, lane);
        const text = `${id}-${count}`;
        const fields: Record<string, string> = isPublic ? { title: text, lane } : { secret: text };
        const saved = await at.sync.records(resource).update(id, fields);
        happened.push({ seq: saved.entry?.seq ?? 0, what: `${resource}/${id}`, version: saved.version, resource, org: orgOf(id), lanes: [before, lane], isPublic }); // prettier-ignore
      }
    };
    const shares = Array.from({ length: writerCount }, (_, writer) =>
      ids.filter((_id, index) => index % writerCount === writer),
    );
    await Promise.all(shares.map(write));
    happened.sort((one, other) => one.seq - other.seq);
    const head = (await untilConnected(() => at.send('GET', '/api/board/r0'))).headers.get('x-sync-cursor') ?? '';
    const savedMs = performance.now() - began;
    process.stdout.write(`measured saves ${Math.round(savedMs)} ms\n`);
    ask({ type: 'finish', seq: parseCursor(head)?.seq ?? 0 });
    await answered('finished');
    process.stdout.write(`measured all ${Math.round(performance.now() - began)} ms\n`);
    child.disconnect();
    await ended;

    expect(behind, `seed ${seed}`).toEqual([]);
    expect(told.size).toBe(subscriberCount);
    const wanted = kinds.map(({ told: of }) =>
      happened.flatMap((one) => {
        const operation = of(one);
        return operation === null ? [] : [operation === 'message' ? `message ${one.what}` : `${operation} ${one.what} ${one.version}`];
      }),
    ); // prettier-ignore
    for (const [index, events] of told) {
      const withoutPlace = events.map((text) => text.slice(text.indexOf(' ') + 1));
      expect(withoutPlace, `subscriber ${index}, ${JSON.stringify(members[index])}, seed ${seed}`).toEqual(
        wanted[index % kinds.length],
      );
    }
    expect(connections).toBeGreaterThan(subscriberCount * 2);
    process.stdout.write(`${connections} connections, ${[...told.values()].flat().length} events\n`);
  }, 150_000);
});

/** A thousand who come back at once fill the line in which connections wait, and one more is not taken at the first try. */
async function untilConnected(ask: () => Promise<Response>): Promise<Response> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      if (tries === 5) throw error;
    }
  }
}
