import { advance, type StoredRecord } from '../../log/advance.ts';
import { keyLifetimeMs } from '../keyLifetime.ts';
import type { Write } from '../store.ts';
import { lockKey } from './migrations.ts';

/** A write with the state that it was decided on. */
export interface PreparedWrite {
  readonly write: Write;
  /** The draft as JSON, made once. */
  readonly json: string;
  readonly stored: StoredRecord | null;
}

/** A write that was accepted: its position in the values (from 1), and its place and time. */
export interface AcceptedRow {
  readonly ord: string;
  readonly seq: string;
  readonly at: string;
}

const nowMs = '(extract(epoch from clock_timestamp()) * 1000)::bigint';

/**
 * The one statement that stores a round of writes; each is accepted or left out by itself.
 *
 * Order   rows in the order of their primary key, keys in theirs, then the lock of the log, then places: as every
 *         statement takes them in this order and skips rows that are held, two rounds never wait for each other in a circle.
 * Trap    a place taken before the lock would be visible after a later one, and a reader would miss it for good. Under the
 *         lock, and held until the commit, places become visible in their order; a rollback gives them back.
 * Errors  division_by_zero when a creation was stored and its key was not: the round is undone and repeated one by one
 */
export function commitStatement(schema: string): string {
  return `
with input as materialized (
  select * from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[])
    with ordinality as input(resource, id, expected, entry, record, published, authors, changed_by, scope, key, saved, ord)
), locked as materialized (
  select input.ord from ${schema}.records r join input on (r.resource, r.id) = (input.resource, input.id)
  where input.expected > 0 and r.version = input.expected
  order by r.resource, r.id
  for update of r skip locked
), created as materialized (
  insert into ${schema}.records (resource, id, version, record, published, authors, changed_by)
  select resource, id, 1, record::json, published::json, authors::json, changed_by::json from input
  where expected = 0 order by resource, id
  on conflict do nothing
  returning resource, id
), fitting as materialized (
  select * from input
  where resource is null or ord in (select ord from locked) or (resource, id) in (select resource, id from created)
), keyed as materialized (
  insert into ${schema}.keys as known (scope, key, saved, at)
  select scope, key, saved::json, ${nowMs} from fitting where key is not null order by scope, key
  on conflict (scope, key) do update set saved = excluded.saved, at = excluded.at where known.at <= excluded.at - ${keyLifetimeMs}
  returning scope, key
), accepted as materialized (
  select * from fitting where key is null or (scope, key) in (select scope, key from keyed)
), updated as materialized (
  update ${schema}.records r
  set version = a.expected + 1, record = a.record::json, published = a.published::json, authors = a.authors::json, changed_by = a.changed_by::json
  from accepted a where a.expected > 0 and (r.resource, r.id) = (a.resource, a.id)
  returning r.id
), counted as materialized (
  select count(*) as total, 1 / (case when (select count(*) from created) = count(*) filter (where expected = 0) then 1 else 0 end) as whole,
    (select count(*) from updated) as updated
  from accepted
), log_lock as materialized (
  select pg_advisory_xact_lock(${lockKey(schema, 'log')}), total, whole, updated from counted where total > 0
), place as materialized (
  update ${schema}.meta set seq = meta.seq + total, last_at = greatest(${nowMs}, meta.last_at + 1) + total - 1
  from log_lock
  returning meta.seq - total as before, meta.last_at - total as at_before
), numbered as materialized (
  select a.ord, a.resource, a.id, a.expected, a.entry, before + row_number() over (order by a.ord) as seq, at_before + row_number() over (order by a.ord) as at
  from accepted a, place
), logged as (
  insert into ${schema}.log (seq, at, resource, id, version, entry)
  select seq, at, resource, id, expected + 1, entry::json from numbered
)
select ord::text, seq::text, at::text from numbered order by ord`;
}

/** The values of the statement: one list for each column. */
export function commitValues(writes: readonly PreparedWrite[]): (string | number | null)[][] {
  const columns: (string | number | null)[][] = Array.from({ length: 11 }, () => []);
  for (const prepared of writes) toValues(prepared).forEach((value, index) => columns[index]?.push(value));
  return columns;
}

function toValues({ write, json, stored }: PreparedWrite): (string | number | null)[] {
  const { key } = write.entry;
  const keyValues = key === undefined ? [null, null, null] : [key.scope, key.key, JSON.stringify(key)];
  if (!('expectedVersion' in write)) return [null, null, null, json, null, null, null, null, ...keyValues];
  // Place and time are not known yet. The fold needs the time for authors alone; toStoredRecord puts it in from the log.
  const next = advance(stored, { ...write.entry, seq: 0, at: 0 });
  return [
    next.resource,
    next.id,
    write.expectedVersion,
    json,
    next.record && JSON.stringify(next.record),
    next.published && JSON.stringify(next.published),
    JSON.stringify(next.authors),
    JSON.stringify(next.changedBy),
    ...keyValues,
  ];
}
