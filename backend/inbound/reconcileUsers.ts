import { z } from 'zod';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import { jsonEquals } from '../../shared/merge/index.ts';
import { SyncError } from '../../shared/problem.ts';
import type { Store } from '../stores/store.ts';
import { clerkFields, clerkUser, type ClerkUser } from './clerk/clerkUser.ts';
import type { Identities } from './createIdentities.ts';
import { membershipIn, membershipsOf, type IdentityLedger } from './identityLedger.ts';
import type { IdentityEvent } from './identitySource.ts';
import { isFuture } from './isFuture.ts';
import { readWith } from './readWith.ts';

/** How an export is compared. Times are milliseconds since 1970. */
export interface ReconcileOptions {
  /** When the export was made: what happened here later stays as it is. Default the newest time in it. */
  readonly exportedAt?: number;
  /** True: users of Clerk that the export lacks are deleted. Default false: they are listed as `missing`. */
  readonly remove?: boolean;
  /** True: nothing is saved. Default false. */
  readonly dryRun?: boolean;
}

/** One user who differs. `fields` names what differs, without its values. */
export interface ReconcileChange {
  readonly id: string;
  readonly action: 'create' | 'update' | 'delete' | 'missing';
  readonly fields: readonly string[];
  /** The code of the refusal, when saving it was refused. */
  readonly refused?: string;
}

/** What comparing found; `newer` users have had an event after the export and are left alone. */
export interface ReconcileResult {
  readonly users: number;
  readonly changes: readonly ReconcileChange[];
  readonly unchanged: number;
  readonly newer: number;
  readonly dryRun: boolean;
}

const clerk = { source: 'clerk', title: 'Clerk' } as const;
const exported = z.array(clerkUser).max(1_000_000);

/**
 * Makes the users of Clerk what a full export says, through the same door as its events.
 *
 * Shape   `users` as Clerk's API lists them; with `organization_memberships` (`{ organization: { id }, role }`) these too
 * Errors  INVALID for an export that is not as it should be, names a user twice, has a time in the future, or is empty with `remove`;
 *         then nothing is saved
 */
export async function reconcileUsers(
  { store, identities }: { readonly store: Store; readonly identities: Identities },
  users: readonly JsonObject[],
  { exportedAt, remove = false, dryRun = false }: ReconcileOptions = {},
): Promise<ReconcileResult> {
  const list = readWith(exported, users as unknown as JsonValue);
  const ids = new Set(list.map(({ id }) => id));
  if (ids.size < list.length) throw new SyncError('INVALID', 'The export names a user twice; nothing was saved.');
  if (remove && list.length === 0)
    throw new SyncError('INVALID', 'An empty export would delete every user; nothing was saved.');
  const newestAt = list.reduce((newest, user) => Math.max(newest, newestTime(user)), 0);
  const madeAt = exportedAt ?? newestAt;
  if (isFuture(Math.max(newestAt, madeAt), Date.now()))
    throw new SyncError('INVALID', 'The export has a time in the future; nothing was saved.');
  const changes: ReconcileChange[] = [];
  let [unchanged, newer] = [0, 0];

  const carryOut = async (
    change: ReconcileChange,
    events: readonly (readonly [IdentityEvent, string])[],
  ): Promise<void> => {
    try {
      if (!dryRun) for (const [event, delivery] of events) await identities.take(clerk, event, delivery);
      changes.push(change);
    } catch (error) {
      // One user whom the integrator's schema refuses is no reason to leave all others as they are.
      if (!(error instanceof SyncError) || error.status >= 500) throw error;
      changes.push({ ...change, refused: error.code });
    }
  };

  for (const user of list) {
    const ledger = await identities.ledgerOf(user.id);
    const at = user.updated_at ?? madeAt;
    if (ledger.newest !== null && (ledger.newest[0] > at || (ledger.isGone && ledger.newest[0] >= at))) {
      newer += 1;
      continue;
    }
    const record = (await store.load('users', user.id))?.record ?? null;
    const wanted = clerkFields(user);
    const fields = Object.entries(wanted).filter(([name, value]) => !jsonEquals(record?.[name] ?? null, value)).map(([name]) => name); // prettier-ignore
    const memberships = membershipEvents(user, ledger, madeAt);
    if (record !== null && fields.length === 0 && memberships.length === 0) {
      unchanged += 1;
      continue;
    }
    // Of the same moment it is the same state: it takes the place of the event that told it.
    const [, sentAt, delivery] = ledger.newest?.[0] === at ? ledger.newest : [at, at, reconcileId];
    const saved: IdentityEvent = { kind: 'saved', userId: user.id, at, sentAt, fields: wanted };
    const events = [[saved, delivery], ...memberships.map((event) => [event, reconcileId] as const)] as const;
    const differing = memberships.length > 0 ? [...fields, 'organization_memberships'] : fields;
    await carryOut({ id: user.id, action: record === null ? 'create' : 'update', fields: differing }, events);
  }
  for (const { id, record } of await store.list('users')) {
    if (record?.['source'] !== 'clerk' || ids.has(id)) continue;
    const { newest } = await identities.ledgerOf(id);
    if (newest !== null && newest[0] > madeAt) newer += 1;
    else {
      const gone: IdentityEvent = { kind: 'deleted', userId: id, at: madeAt, sentAt: madeAt };
      await carryOut({ id, action: remove ? 'delete' : 'missing', fields: [] }, remove ? [[gone, reconcileId]] : []);
    }
  }
  return { users: list.length, changes, unchanged, newer, dryRun };
}

/** What stands for the id of a delivery: an event of the same moment wins or loses against it in the same way each time. */
const reconcileId = 'reconcile';

function newestTime({ updated_at, organization_memberships }: ClerkUser): number {
  return Math.max(
    updated_at ?? 0,
    ...(organization_memberships ?? []).map((one) => one.updated_at ?? one.created_at ?? 0),
  );
}

/** What the export says otherwise about memberships; nothing when it does not list them, or when something newer is known. */
function membershipEvents(user: ClerkUser, ledger: IdentityLedger, madeAt: number): readonly IdentityEvent[] {
  const listed = user.organization_memberships;
  if (listed == null) return [];
  const held = new Map(membershipsOf(ledger).map((one) => [one['organization_id'], one['role']]));
  const isNewer = (organization: string) => (membershipIn(ledger, organization)?.order[0] ?? 0) > madeAt;
  const base = { userId: user.id, at: madeAt, sentAt: madeAt };
  const joined = listed
    .filter(({ organization, role }) => held.get(organization.id) !== role && !isNewer(organization.id))
    .map(({ organization, role }) => ({ ...base, kind: 'joined', organizationId: organization.id, role }) as const);
  const stays = new Set(listed.map(({ organization }) => organization.id));
  const left = [...held.keys()]
    .map(String)
    .filter((organization) => !stays.has(organization) && !isNewer(organization))
    .map((organization) => ({ ...base, kind: 'left', organizationId: organization }) as const);
  return [...joined, ...left];
}
