import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { postgresStore } from 'backoffice-sync';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createPresence, type Presence } from '../../backend/presence/createPresence.ts';
import type { PresenceEvent } from '../../shared/protocol/presence.ts';
import { startTestDatabase } from '../helpers/postgres.ts';

const database = await startTestDatabase();
afterAll(() => database?.stop());

const goal = 'presence:goal:1';
const ada = { id: 'u1', name: 'Ada' };

describe.skipIf(database === null)(`presence of several nodes on ${database?.version}`, () => {
  const cleanUps: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });

  /** A database for nodes; the nodes are as an installation makes them, with the store's own carrier. */
  async function start() {
    if (database === null) throw new Error('There is no database.');
    const schema = database.createSchemaName();
    const pool = database.createPool();
    cleanUps.push(() => pool.end());
    const errors: unknown[] = [];
    const node = async (): Promise<Presence> => {
      const store = postgresStore({ pool, schema });
      await store.open();
      if (store.presence === undefined) throw new Error('The store carries no presence.');
      const presence = createPresence({ carrier: store.presence, onError: (error) => errors.push(error) });
      cleanUps.push(async () => {
        await presence.close();
        await store.close();
      });
      return presence;
    };
    return { node, pool, schema, errors };
  }

  /** Waits for an event of a channel. */
  function nextEvent(presence: Presence, isIt: (event: PresenceEvent) => boolean): Promise<PresenceEvent> {
    return new Promise((resolve) => {
      const end = presence.follow(goal, (event) => {
        if (!isIt(event)) return;
        resolve(event);
        queueMicrotask(() => end());
      });
    });
  }
  const is = (kind: PresenceEvent['event'], key: string) => (event: PresenceEvent) =>
    event.event === kind && event.members.some((member) => member.key === key);

  it('tells joins, states and leaves from one node to the other, exactly as they were said', async () => {
    const { node, errors } = await start();
    const [a, b] = [await node(), await node()];
    cleanUps.push(b.follow(goal, () => undefined));
    const state = { field: 'title', note: 'é "\\ \u2028 ключ', list: [1.5, null, { b: 1, a: 2 }] };
    const joined = nextEvent(b, is('join', 'tab'));
    a.track({ channel: goal, key: 'tab', user: { id: 'u1', name: "Ada O'Neil" }, state });
    expect((await joined).members).toEqual(a.members(goal));
    expect(JSON.stringify(b.members(goal)[0]?.state)).toBe(JSON.stringify(state));

    const updated = nextEvent(b, is('update', 'tab'));
    for (let n = 0; n <= 100; n += 1) a.track({ channel: goal, key: 'tab', user: ada, state: { n } });
    expect((await updated).members[0]).toMatchObject({ user: ada, state: { n: 100 } });

    const left = nextEvent(b, is('leave', 'tab'));
    a.untrack(goal, 'tab', 'u1');
    await left;
    expect([b.members(goal), errors]).toEqual([[], []]);
  });

  it('loses the members of a node that is killed, and keeps the others', async () => {
    const { node, pool, schema } = await start();
    const here = await node();
    here.track({ channel: goal, key: 'near', user: ada, state: {} });
    const child: ChildProcess = fork(
      fileURLToPath(new URL('./presenceProcess.ts', import.meta.url)),
      [String(pool.options.connectionString), schema, goal],
      { execArgv: ['--import', 'tsx'] },
    );
    cleanUps.push(() => child.kill('SIGKILL'));
    const joined = nextEvent(here, (event) => event.members.some(({ key }) => key === 'far'));
    expect(await once(child, 'message')).toEqual(['entered', undefined]);
    await joined;
    expect(here.members(goal).map(({ key }) => key)).toEqual(['near', 'far']);

    const left = nextEvent(here, is('leave', 'far'));
    child.kill('SIGKILL');
    await left;
    expect(here.members(goal).map(({ key }) => key)).toEqual(['near']);
  });

  it('tells everything again after a crash of the database emptied the tables', async () => {
    const { node, pool, schema } = await start();
    const [a, b] = [await node(), await node()];
    cleanUps.push(b.follow(goal, () => undefined));
    const joined = nextEvent(b, is('join', 'one'));
    a.track({ channel: goal, key: 'one', user: ada, state: {} });
    await joined;
    const again = nextEvent(b, is('join', 'two'));
    await pool.query(`truncate ${schema}.presence_nodes cascade`);
    a.track({ channel: goal, key: 'two', user: ada, state: {} });
    await again;
    expect(b.members(goal).map(({ key }) => key).sort()).toEqual(['one', 'two']); // prettier-ignore
  });

  it('writes nothing of it into the log, and keeps its tables unlogged', async () => {
    const { node, pool, schema } = await start();
    const a = await node();
    a.track({ channel: goal, key: 'tab', user: ada, state: {} });
    await a.refresh();
    const { rows } = await pool.query<{ log: string; tables: string }>(
      `select (select count(*) from ${schema}.log)::text as log,
         (select string_agg(relname || ' ' || relpersistence::text, ',' order by relname) from pg_class
          where relkind = 'r' and relname in ('presence', 'presence_nodes') and relnamespace = '${schema}'::regnamespace) as tables`,
    );
    expect(rows).toEqual([{ log: '0', tables: 'presence u,presence_nodes u' }]);
  });

  it('removes its rows when it closes, and those of dead nodes after a minute', async () => {
    const { node, pool, schema } = await start();
    const a = await node();
    await pool.query(
      `insert into ${schema}.presence_nodes values
         ('dead', 1, 1, now() - interval '61 seconds'), ('late', 1, 1, now() - interval '59 seconds')`,
    );
    a.track({ channel: goal, key: 'tab', user: ada, state: {} });
    await a.refresh();
    const carrier = postgresStore({ pool, schema }).presence;
    const names = async () =>
      (await pool.query<{ node: string }>(`select node from ${schema}.presence_nodes order by node`)).rows.map(
        (row) => row.node,
      );
    await carrier?.begin('sweeper', 29, []);
    await carrier?.change('sweeper', 30, { members: [], ended: [] });
    expect((await names()).filter((name) => ['dead', 'late', 'sweeper'].includes(name))).toEqual(['late', 'sweeper']);
    await a.close();
    expect(await names()).toEqual(['late', 'sweeper']);
  });

  it('does not grow by members who come and go', async () => {
    const { pool, schema, node } = await start();
    await node();
    const carrier = postgresStore({ pool, schema }).presence;
    await carrier?.begin('a', 1, []);
    for (let n = 2; n <= 120; n += 1) {
      const [now, before] = [`k${n}`, `k${n - 1}`];
      const member = { channel: goal, key: now, user: ada, state: {}, joinedAt: '2026-01-01T00:00:00.000Z' };
      await carrier?.change('a', n, { members: [member], ended: n === 2 ? [] : [{ channel: goal, key: before }] });
    }
    const { rows } = await pool.query<{ count: string }>(`select count(*)::text from ${schema}.presence`);
    expect(Number(rows[0]?.count)).toBe(31);
  });
});
