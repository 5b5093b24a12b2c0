/**
 * Where changes of other transactions wait until they are told, and what leaves them there.
 *
 * ```
 *  their transaction ── row changed, or `sync.append(…, { client })` ──► staged, without a place
 *                    ── commit ──► place_staged: the lock, then a place ──► visible in the order of places
 *  a node            ── told, in the order of places ──► a change of the log ──► removed
 * ```
 * Places are taken as the last thing before the commit and under a lock that is held until it is over: they become visible in their
 * order. Taken earlier they would make other transactions wait while their program does something else.
 *
 * Several changes of one record in a transaction are one row, with the last content: nobody else ever saw the others.
 */
export function stagingTables(schema: string): string {
  return `
    create table ${schema}.staged (
      number bigint generated always as identity primary key,
      place bigint unique,
      transaction xid8 not null default pg_current_xact_id(),
      change uuid not null default gen_random_uuid(),
      resource text collate "C" not null,
      id text collate "C" not null,
      content json,
      is_row boolean not null,
      actor text,
      db_user text not null default session_user,
      mutation_id text,
      notify boolean not null default true,
      problem text,
      unique (transaction, resource, id)
    );
    create sequence ${schema}.staged_places;
    `;
}

/**
 * The functions and the trigger of the staging table. They name their schema in their text: run again when a schema is renamed.
 *
 * Shape   `lock` is the key of an advisory lock, as SQL
 * Trap    `security definer` with a fixed search path: whoever writes to a captured table needs no right to ours, and cannot put a
 *         table of his own in the place of ours. Nobody else may call what stages
 */
export function stagingFunctions(schema: string, lock: string): string {
  const definer = `language plpgsql security definer set search_path = pg_catalog, pg_temp`;
  return `
    create or replace function ${schema}.place_staged() returns trigger ${definer} as $$
    begin
      perform pg_advisory_xact_lock(${lock});
      update ${schema}.staged set place = nextval('${schema}.staged_places') where number = new.number and place is null;
      -- A transaction that notifies cannot be prepared; who does that says so.
      if coalesce(current_setting('backoffice_sync.wake', true), '') <> 'off' then
        perform pg_notify('${schema}_log', '');
      end if;
      return null;
    end $$;

    create or replace function ${schema}.stage(resource text, id text, content json, is_row boolean, actor text, mutation_id text, notify boolean)
    returns void ${definer} as $$
    begin
      insert into ${schema}.staged as s (resource, id, content, is_row, actor, mutation_id, notify)
      values ($1, $2, $3, $4, $5, $6, $7)
      on conflict on constraint staged_transaction_resource_id_key do update set content = excluded.content, is_row = excluded.is_row,
        actor = excluded.actor, mutation_id = coalesce(excluded.mutation_id, s.mutation_id), notify = excluded.notify or s.notify;
    end $$;

    create or replace function ${schema}.stage_row(resource text, id text, content json) returns void ${definer} as $$
    begin
      perform ${schema}.stage($1, $2, $3, true, nullif(current_setting('backoffice_sync.actor', true), ''),
        nullif(current_setting('backoffice_sync.mutation_id', true), ''), true);
    end $$;

    create or replace function ${schema}.exact_row(whole jsonb, relation oid) returns json ${definer} stable as $$
    declare
      floats name[] := array(select attname from pg_attribute where attrelid = relation and atttypid in (700, 701));
    begin
      return coalesce((
        select json_object_agg(key, case
          when jsonb_typeof(value) <> 'number' or key = any(floats) then value
          when value::numeric = trunc(value::numeric) and abs(value::numeric) <= 9007199254740991 then value
          when length(regexp_replace(value::text, '\\D', '', 'g')) <= 15 then value
          else to_jsonb(value::text) end)
        from jsonb_each(whole)
      ), '{}'::json);
    end $$;

    create or replace function ${schema}.capture_row() returns trigger ${definer} as $$
    declare
      old_id text;
      new_id text;
    begin
      if tg_op <> 'INSERT' then old_id := to_jsonb(old) ->> tg_argv[1]; end if;
      if tg_op <> 'DELETE' then new_id := to_jsonb(new) ->> tg_argv[1]; end if;
      if old_id is not null and old_id is distinct from new_id then
        perform ${schema}.stage_row(tg_argv[0], old_id, null);
      end if;
      if new_id is not null then
        perform ${schema}.stage_row(tg_argv[0], new_id, ${schema}.exact_row(to_jsonb(new), tg_relid));
      end if;
      return null;
    end $$;

    create or replace function ${schema}.capture_table(captured regclass, resource text, key text) returns bigint
    language plpgsql set search_path = pg_catalog, pg_temp as $$
    declare
      rows bigint;
    begin
      execute format('select count(${schema}.stage_row($1, to_jsonb(t) ->> $2, ${schema}.exact_row(to_jsonb(t), $3))) from %s t
        where to_jsonb(t) ->> $2 is not null', captured) into rows using resource, key, captured::oid;
      execute format('select count(${schema}.stage_row($1, r.id, null)) from ${schema}.records r
        where r.resource = $1 and r.record is not null and not exists (select from %s t where to_jsonb(t) ->> $2 = r.id)', captured)
        using resource, key;
      return rows;
    end $$;

    revoke execute on function ${schema}.stage, ${schema}.stage_row, ${schema}.capture_table, ${schema}.capture_row, ${schema}.place_staged from public;
    drop trigger if exists place_staged on ${schema}.staged;
    create constraint trigger place_staged after insert on ${schema}.staged deferrable initially deferred
      for each row execute function ${schema}.place_staged();
    `;
}
