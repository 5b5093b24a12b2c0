/**
 * How a function has to read rows, as SQL: what is told of a row must not depend on the session that wrote it, and a policy that hides
 * rows is an error instead of their end.
 */
export const rowSettings = `set search_path = pg_catalog, pg_temp set row_security = off set timezone = 'UTC' set datestyle = 'ISO, YMD'
    set intervalstyle = 'postgres' set bytea_output = 'hex' set extra_float_digits = '1' set lc_monetary = 'C'`;

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
      fault text,
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
 * Trap    `security definer` with a fixed search path: who stages needs no right to our tables, and cannot put a table of his own in
 *         the place of ours. No function of ours reads a captured table with our rights: its owner's code would have them. The
 *         trigger and `capture_table` act as the owner of the table, to whom alone what stages is granted
 */
export function stagingFunctions(schema: string, lock: string): string {
  const definer = `language plpgsql security definer set search_path = pg_catalog, pg_temp`;
  const invoker = `language sql set search_path = pg_catalog, pg_temp`;
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

    create or replace function ${schema}.stage_fault(resource text, fault text) returns void ${definer} as $$
    begin
      -- One for a resource: each change of the table would leave another.
      if exists (select from ${schema}.staged s where s.resource = $1 and s.fault is not null) then return; end if;
      insert into ${schema}.staged (resource, id, is_row, fault) values ($1, '', true, $2);
    end $$;

    create or replace function ${schema}.stage_missing(resource text, present text[]) returns void ${definer} as $$
    begin
      perform ${schema}.stage_row($1, r.id, null) from ${schema}.records r
        where r.resource = $1 and r.record is not null and r.id <> all (select unnest($2));
    end $$;

    create or replace function ${schema}.begin_capture(captured regclass, resource text) returns void ${definer} as $$
    declare
      conflict text;
    begin
      -- Two of one resource at once would not see each other.
      perform pg_advisory_xact_lock(${lock});
      conflict := ${schema}.capture_conflict($1, $2);
      if conflict is not null then raise exception '%', conflict; end if;
      delete from ${schema}.staged s where s.resource = $2 and s.fault is not null;
    end $$;

    create or replace function ${schema}.capture_conflict(captured regclass, resource text) returns text ${invoker} stable as $$
      select case when t.tgrelid = $1
          then format('%s is captured as "%s" already. End that first: npx backoffice-sync capture %s --remove --apply', $1, t.resource, $1)
          else format('The records of "%s" are rows of %s, and one resource has one table. Choose another resource for %s, or capture a table that has all rows.', $2, t.tgrelid::regclass, $1) end
      from (select tgrelid, split_part(encode(tgargs, 'escape'), '\\000', 1) as resource from pg_trigger
        where tgname = '${schema}_capture' and not tgisinternal) t
      where (t.tgrelid = $1) <> (t.resource = $2) limit 1;
    $$;

    -- For each row: plpgsql keeps the plans, and who calls it has a fixed search path.
    create or replace function ${schema}.capture_fault(relation oid, owner name) returns text language plpgsql stable as $$
    declare
      held name := (select pg_get_userbyid(relowner) from pg_class where oid = $1);
    begin
      if held <> $2 then
        return format('%s belongs to %s, and its trigger acts as %s. Run "npx backoffice-sync capture %s --apply" again.', $1::regclass, held, $2, $1::regclass);
      end if;
      if not exists (select from pg_attribute where attrelid = $1 and attnum > 0 and not attisdropped and atttypid >= 16384) then return null; end if;
      return (
        with recursive used(type) as (
          select atttypid from pg_attribute where attrelid = $1 and attnum > 0 and not attisdropped and atttypid >= 16384
          union
          select part from used join pg_type y on y.oid = used.type
            left join pg_attribute a on a.attrelid = y.typrelid and a.attnum > 0 and not a.attisdropped,
            lateral (values (y.typelem), (y.typbasetype), (a.atttypid)) parts(part) where part >= 16384
        )
        select format('A cast to JSON of %s belongs to %s, who would act as %s. Let %s own the function of the cast.', k.castsource::regtype, r.rolname, $2, $2)
        from used join pg_cast k on k.castsource = used.type and k.casttarget in (114, 3802) join pg_proc p on p.oid = k.castfunc join pg_roles r on r.oid = p.proowner
        where not r.rolsuper and r.rolname <> $2 limit 1
      );
    end $$;

    create or replace function ${schema}.row_columns(relation oid) returns text language plpgsql stable as $$
    begin
      return (select string_agg(case
          when o.proname = 'int8out' then format('case when t.%1$I between -9007199254740991 and 9007199254740991 then to_json(t.%1$I) else to_json(t.%1$I::text) end as %1$I', attname)
          when o.proname = 'numeric_out' then format('case when t.%1$I = trunc(t.%1$I) and abs(t.%1$I) <= 9007199254740991 or length(regexp_replace(t.%1$I::text, ''\\D'', '''', ''g'')) <= 15 then to_json(t.%1$I) else to_json(t.%1$I::text) end as %1$I', attname)
          else format('t.%I', attname) end, ', ' order by attnum)
        from pg_attribute a join pg_type y on y.oid = a.atttypid join pg_proc o on o.oid = y.typoutput
        where attrelid = $1 and attnum > 0 and not attisdropped);
    end $$;

    create or replace function ${schema}.capture_table(captured regclass, resource text, key text) returns bigint
    language plpgsql ${rowSettings} as $$
    declare
      fault text := ${schema}.capture_fault(captured, current_user);
      rows bigint;
      ids text[];
    begin
      if fault is not null then raise exception '%', fault; end if;
      execute format('select count(${schema}.stage_row($1, r.id, r.content)), coalesce(array_agg(r.id), ''{}'') from (
        select to_json(t.%1$I) #>> ''{}'' as id, (select row_to_json(c) from (select %2$s) c) as content from only %3$s t where t.%1$I is not null) r',
        key, ${schema}.row_columns(captured), captured) into rows, ids using resource;
      perform ${schema}.stage_missing(resource, ids);
      return rows;
    end $$;

    revoke execute on function ${schema}.stage, ${schema}.stage_row, ${schema}.stage_fault, ${schema}.stage_missing, ${schema}.begin_capture, ${schema}.place_staged from public;
    drop trigger if exists place_staged on ${schema}.staged;
    create constraint trigger place_staged after insert on ${schema}.staged deferrable initially deferred
      for each row execute function ${schema}.place_staged();
    `;
}
