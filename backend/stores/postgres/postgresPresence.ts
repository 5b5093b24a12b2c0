import type { JsonObject } from '../../../shared/json.ts';
import type { CarriedMember, EndedMembership, NodePresence, PresenceCarrier } from '../presenceCarrier.ts';
import { unavailable, type Database } from './boundDatabase.ts';
import { inTransaction } from './migrations.ts';

interface PresenceRow {
  readonly node: string;
  readonly revision: string;
  readonly whole: string;
  readonly channel: string | null;
  readonly key: string;
  readonly user_id: string;
  readonly user_name: string;
  readonly state: string | null;
  readonly joined_at: string;
  readonly changed_at: string;
}

/** How many writes of a node an ended membership stays readable, and how often the old ones are swept away. */
const sweepEvery = 30;
const milliseconds = `(extract(epoch from now()) * 1000)::bigint`;

/**
 * Carries presence between nodes in two unlogged tables: a row per membership, and the lease of each node.
 *
 * A reader asks for revisions above the one that it knows of each node. Other than with numbers of the log that is safe
 * without a lock: only the node itself writes under its name, one write after the other. All times are the database's;
 * the clocks of the nodes decide nothing.
 *
 * Units   leaseMs milliseconds (default 10,000)
 * Errors  STORE_UNAVAILABLE
 */
export function postgresPresence(database: Database, schema: string, leaseMs = 10_000): PresenceCarrier {
  const [nodes, rows] = [`${schema}.presence_nodes`, `${schema}.presence`];
  const leaseEnd = (parameter: string): string => `now() + ${parameter} * interval '1 millisecond'`;

  async function run<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (cause) {
      throw unavailable('The database did not answer.', cause);
    }
  }

  /** Stores memberships: parameters 1 and 2 are the node and its revision, 3 to 8 the columns. */
  const store = (from: string): string => `
    insert into ${rows} (node, revision, changed_at, channel, key, user_id, user_name, state, joined_at)
    select $1, $2::bigint, ${milliseconds}, i.*
    from ${from} unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::json[], $8::bigint[]) as i
    on conflict (node, channel, key) do update set revision = excluded.revision, changed_at = excluded.changed_at,
      user_id = excluded.user_id, user_name = excluded.user_name, state = excluded.state, joined_at = excluded.joined_at`;

  /** Ended memberships that every reader has seen by now, and nodes that died: readers pass these over already. */
  async function sweep(node: string, revision: number): Promise<void> {
    // The floor in the same statement: a reader sees both or none.
    await database.query(
      `with raised as (update ${nodes} set floor = $2 where node = $1)
       delete from ${rows} where node = $1 and state is null and revision <= $2`,
      [node, revision - sweepEvery],
    );
    // A node that writes just now is passed over: it lives.
    await database.query(
      `delete from ${nodes} where node in (
         select node from ${nodes} where expires_at < now() - interval '1 minute' for update skip locked)`,
    );
  }

  return {
    leaseMs,
    begin: (node, revision, members) =>
      run(() =>
        inTransaction(database, async (client) => {
          await client.query(`delete from ${nodes} where node = $1`, [node]);
          // Whoever knew the node before reads all of it: the floor is where it begins.
          const { rows: begun } = await client.query<{ at: string }>(
            `insert into ${nodes} (node, revision, floor, expires_at) values ($1, $2, $2, ${leaseEnd('$3')})
             returning ${milliseconds}::text as at`,
            [node, revision, leaseMs],
          );
          await client.query(store(''), [node, revision, ...listsOf(members, [])]);
          return Number(begun[0]?.at);
        }),
      ),
    change: (node, revision, { members, ended }) =>
      run(async () => {
        // The rows hang on the lease: without one nothing is written, and the lease is locked first.
        const { rows: written } = await database.query<{ at: string }>(
          `with lease as (
             update ${nodes} set revision = $2, expires_at = ${leaseEnd('$9')} where node = $1 returning node
           ), stored as (${store('lease,')})
           select ${milliseconds}::text as at from lease`,
          [node, revision, ...listsOf(members, ended), leaseMs],
        );
        if (written[0] === undefined) return null;
        if (revision % sweepEvery === 0) await sweep(node, revision);
        return Number(written[0].at);
      }),
    read: (node, known) =>
      run(async () => {
        const { rows: found } = await database.query<PresenceRow>(
          `select n.node, n.revision::text, n.whole::text, p.channel, p.key, p.user_id, p.user_name, p.state::text,
             p.joined_at::text, p.changed_at::text
           from (
             select n.node, n.revision, k.revision as known, k.revision is null or k.revision < n.floor as whole
             from ${nodes} n left join unnest($2::text[], $3::bigint[]) as k(node, revision) on k.node = n.node
             where n.node <> $1 and n.expires_at > now()
           ) n
           left join ${rows} p on p.node = n.node
             and case when n.whole then p.state is not null else p.revision > n.known end`,
          [node, [...known.keys()], [...known.values()]],
        );
        return toNodes(found);
      }),
    leave: (node) => run(async () => void (await database.query(`delete from ${nodes} where node = $1`, [node]))),
  };
}

/** The columns of `unnest`; a membership that ended is a row without a state. */
function listsOf(members: readonly CarriedMember[], ended: readonly EndedMembership[]): unknown[] {
  const over = <Value>(value: Value): Value[] => ended.map(() => value);
  return [
    [...members, ...ended].map(({ channel }) => channel),
    [...members, ...ended].map(({ key }) => key),
    [...members.map(({ user }) => user.id), ...over('')],
    [...members.map(({ user }) => user.name), ...over('')],
    [...members.map(({ state }) => JSON.stringify(state)), ...over(null)],
    [...members.map(({ joinedAt }) => Date.parse(joinedAt)), ...over(0)],
  ];
}

function toNodes(found: readonly PresenceRow[]): NodePresence[] {
  const nodes = new Map<string, { readonly rows: PresenceRow[]; readonly first: PresenceRow }>();
  for (const row of found) {
    const node = nodes.get(row.node) ?? { rows: [], first: row };
    nodes.set(row.node, node);
    if (row.channel !== null) node.rows.push(row);
  }
  return [...nodes.values()].map(({ rows, first }) => ({
    node: first.node,
    revision: Number(first.revision),
    isWhole: first.whole === 'true',
    members: rows
      .filter((row) => row.state !== null)
      .map((row) => ({
        channel: row.channel ?? '',
        key: row.key,
        user: { id: row.user_id, name: row.user_name },
        state: JSON.parse(row.state ?? '{}') as JsonObject,
        joinedAt: new Date(Number(row.joined_at)).toISOString(),
        changedAt: Number(row.changed_at),
      })),
    ended: rows.filter((row) => row.state === null).map(({ channel, key }) => ({ channel: channel ?? '', key })),
  }));
}
