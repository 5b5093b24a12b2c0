import { rowSettings } from '../stores/postgres/stagingTables.ts';

/**
 * The function of the trigger on a captured table, made by the owner of the table and with his rights: a row is read by nobody else,
 * so that code in his types, indexes and policies gets no rights but his own.
 *
 * It reads the rows of the keys that an event touched from the table, as it runs when all statements are done: an update may give one row
 * the key that another has just left, and generated columns are not there before. No failure of it reaches the program that commits.
 */
export function captureFunction(schema: string, name: string): string {
  return `create or replace function ${name}() returns trigger language plpgsql security definer
    ${rowSettings} as $capture$
declare
  key text := tg_argv[1];
  fault text;
  row_sql text;
  old_id text;
  old_row json;
  new_id text;
  new_row json;
begin
  begin
    fault := ${schema}.capture_fault(tg_relid, current_user);
    if fault is null then
      row_sql := format('select to_json(($1).%1$I) #>> ''{}'', (select row_to_json(r) from (select %2$s from only %3$s t where t.%1$I = ($1).%1$I and to_json(t.%1$I)::text = to_json(($1).%1$I)::text limit 1) r)',
        key, ${schema}.row_columns(tg_relid), tg_relid::regclass);
      if tg_op <> 'INSERT' then execute row_sql into old_id, old_row using old; end if;
      if tg_op <> 'DELETE' then execute row_sql into new_id, new_row using new; end if;
    end if;
  exception when others then
    fault := format('A change of %s cannot be read: %s. If its columns are others now, run "npx backoffice-sync capture" for it again.', tg_relid::regclass, sqlerrm);
  end;
  begin
    if fault is not null then
      perform ${schema}.stage_fault(tg_argv[0], fault);
      return null;
    end if;
    if old_id is not null and old_id is distinct from new_id then perform ${schema}.stage_row(tg_argv[0], old_id, old_row); end if;
    if new_id is not null then perform ${schema}.stage_row(tg_argv[0], new_id, new_row); end if;
  exception when invalid_schema_name or undefined_function or undefined_table or insufficient_privilege then
    -- Our schema is gone, or the owner may not reach it any more: the program that commits has nothing to do with that.
    raise warning 'A change of % is not told: %', tg_relid::regclass, sqlerrm;
  end;
  return null;
end $capture$;`;
}
