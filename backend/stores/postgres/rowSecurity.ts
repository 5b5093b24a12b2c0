import { createHash } from 'node:crypto';
import { SyncError } from '../../../shared/problem.ts';
import type { Database, Queryable } from './boundDatabase.ts';
import { inTransaction, lockKey } from './migrations.ts';

/** A second look at who sees which record, by the database itself, for a role that is not the server's. */
export interface RowSecurity {
  /** The role that may read records of its tenant, made by you: without a right to bypass, and no member of the server's role. */
  readonly role: string;
  /** The field at the top of a record that names its tenant, such as `organization_id`. */
  readonly field: string;
}

/**
 * Lets a role read the records of the tenant that its transaction names in `backoffice_sync.tenant`, and no others.
 *
 * A record whose published state belongs to another tenant than its draft is seen by neither, as a row is seen whole. The log, where
 * entries hold what a record was before, is not granted.
 *
 * Errors  OPTION_INVALID for a role that is not there, or that no policy would bind
 */
export async function enableRowSecurity(
  database: Database,
  schema: string,
  { role, field }: RowSecurity,
): Promise<void> {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(role)) refuse(`"role" has to be a lower-case name of letters, digits and _; received ${JSON.stringify(role)}.`); // prettier-ignore
  if (typeof field !== 'string' || field === '') refuse('"field" has to be the name of a field.');
  await inTransaction(database, async (client) => {
    await client.query(`select pg_advisory_xact_lock(${lockKey(schema, 'setup')})`);
    await refuseUnbound(client, role);
    const statements = rowSecuritySql(schema, { role, field });
    const mark = createHash('sha256').update(statements.join(';')).digest('hex');
    const { rows } = await client.query<{ mark: string | null }>(
      `select obj_description(oid, 'pg_policy') as mark from pg_policy where polname = 'tenant' and polrelid = '${schema}.records'::regclass`,
    );
    // Once and not at each start: it waits for everybody who reads the table, such as a backup, and every save would wait behind it.
    if (rows[0]?.mark === mark) return;
    for (const sql of statements) await client.query(sql);
    await client.query(`comment on policy tenant on ${schema}.records is '${mark}'`);
  });
}

/** The statements, in their order; each may be run again. */
export function rowSecuritySql(schema: string, { role, field }: RowSecurity): readonly string[] {
  const name = `'${field.replaceAll("'", "''")}'`;
  // Empty once a transaction that set it is over, which is nobody's tenant.
  const tenant = `nullif(current_setting('backoffice_sync.tenant', true), '')`;
  return [
    `alter table ${schema}.records enable row level security`,
    `drop policy if exists tenant on ${schema}.records`,
    `create policy tenant on ${schema}.records for select to ${role}
       using (record ->> ${name} = ${tenant} and (published is null or published ->> ${name} = ${tenant}))`,
    `grant usage on schema ${schema} to ${role}`,
    `grant select on ${schema}.records to ${role}`,
  ];
}

/**
 * Refuses a server whose own role is bound by a policy: it would see no record, and take the installation for an empty one.
 *
 * Errors  STORE_UNAVAILABLE
 */
export async function refuseBoundServer(database: Queryable, schema: string): Promise<void> {
  const { rows } = await database.query<{ role: string; is_bound: boolean }>(
    `select current_user::text as role, row_security_active('${schema}.records') as is_bound`,
  );
  if (rows[0]?.is_bound !== true) return;
  throw new SyncError(
    'STORE_UNAVAILABLE',
    `Row level security hides the records of ${schema} from the role ${rows[0].role}. Let the server sign in as the owner of the tables.`,
  );
}

async function refuseUnbound(client: Queryable, role: string): Promise<void> {
  const { rows } = await client.query<{ bypasses: boolean; is_server: boolean }>(
    `select rolsuper or rolbypassrls as bypasses, pg_has_role(oid, current_user, 'member') as is_server from pg_roles where rolname = $1`,
    [role],
  );
  const [found] = rows;
  if (found === undefined) refuse(`the database has no role "${role}". Make it: create role ${role} login.`);
  if (found.bypasses || found.is_server)
    refuse(`no policy binds "${role}", which is a superuser, may bypass row security, or is a member of the server's role. Name another one.`); // prettier-ignore
}

function refuse(detail: string): never {
  throw new SyncError('OPTION_INVALID', `postgresStore: rowSecurity: ${detail}`);
}
