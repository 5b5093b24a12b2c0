import type { LeaseRequest, Leases } from '../leases.ts';
import { unavailable, type Database, type Queryable } from './boundDatabase.ts';
import { inTransaction } from './migrations.ts';

/**
 * Leases in two tables. A round runs alone for its work, under an advisory lock: it counts the nodes that live and takes what
 * is free, and two that did so at once would take one part both.
 */
export function postgresLeases(database: Database, schema: string): Leases {
  const [nodes, leases] = [`${schema}.lease_nodes`, `${schema}.leases`];
  // Not now(): it stands still while the round waits for the lock.
  const clock = `clock_timestamp()`;
  const end = `${clock} + $3 * interval '1 millisecond'`;

  function alone<Result>(work: string, run: (client: Queryable) => Promise<Result>): Promise<Result> {
    return inTransaction(database, async (client) => {
      await client.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [
        `backoffice_sync:${schema}:leases:${work}`,
      ]);
      return run(client);
    }).catch((cause: unknown) => {
      throw unavailable('The database did not answer.', cause);
    });
  }

  return {
    share: ({ work, node, parts, leaseMs }: LeaseRequest) =>
      alone(work, async (client) => {
        await client.query(`delete from ${nodes} where work = $1 and expires_at < ${clock}`, [work]);
        await client.query(
          `insert into ${nodes} (work, node, expires_at) values ($1, $2, ${end})
           on conflict (work, node) do update set expires_at = excluded.expires_at`,
          [work, node, leaseMs],
        );
        const { rows: counted } = await client.query<{ count: string }>(
          `select count(*)::text as count from ${nodes} where work = $1`,
          [work],
        );
        const share = Math.ceil(parts / Math.max(1, Number(counted[0]?.count)));
        const { rows: renewed } = await client.query<{ part: number }>(
          `update ${leases} set expires_at = ${end} where work = $1 and node = $2 returning part`,
          [work, node, leaseMs],
        );
        const { rows: taken } = await client.query<{ part: number }>(
          `insert into ${leases} (work, part, node, expires_at)
           select $1, p, $2, ${end} from generate_series(0, $4::integer - 1) as p
           where not exists (select from ${leases} l where l.work = $1 and l.part = p and l.expires_at > ${clock})
           order by p limit greatest(0, $5::integer)
           on conflict (work, part) do update set node = excluded.node, expires_at = excluded.expires_at
           returning part`,
          [work, node, leaseMs, parts, share - renewed.length],
        );
        return { held: [...renewed, ...taken].map(({ part }) => part).sort((a, b) => a - b), share };
      }),
    release: (work, node, parts) =>
      alone(work, async (client) => {
        if (parts === 'all') await client.query(`delete from ${nodes} where work = $1 and node = $2`, [work, node]);
        await client.query(
          `delete from ${leases} where work = $1 and node = $2 and ($3::integer[] is null or part = any($3))`,
          [work, node, parts === 'all' ? null : parts],
        );
      }),
  };
}
