import { SyncError } from '../../shared/problem.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../shared/json.ts';
import type { Store } from '../stores/store.ts';
import type { IdentityEvent } from './identitySource.ts';

/** How new an event is: what it tells, when it was sent, and the id of its delivery, which only makes the order whole. */
export type EventOrder = readonly [at: number, sentAt: number, delivery: string];

/**
 * What is known of one person beside the record: how new the newest event of each kind is. No name and no address is in it.
 *
 * It outlives the record: after a deletion it is what keeps an older event from bringing the person back.
 */
export interface IdentityLedger {
  /** Of the newest save or deletion; null before the first. */
  readonly newest: EventOrder | null;
  readonly isGone: boolean;
  /** Of the newest deletion: memberships of before are over. */
  readonly goneAt: EventOrder | null;
  /** By organization; a role of null says that the person left. */
  readonly memberships: Readonly<Record<string, Membership>>;
}

/** How new what is known of a membership is, and the role; null says that the person left. */
export interface Membership {
  readonly order: EventOrder;
  readonly role: string | null;
}

/** Memberships of one person that are remembered, with those that have ended. */
export const maxMemberships = 1_000;

/** Somebody of whom nothing was heard. */
export const emptyLedger: IdentityLedger = { newest: null, isGone: false, goneAt: null, memberships: {} };

/** Negative when `a` is older than `b`, 0 for the same event. */
export function compareOrders(a: EventOrder, b: EventOrder): number {
  return a[0] - b[0] || a[1] - b[1] || (a[2] === b[2] ? 0 : a[2] < b[2] ? -1 : 1);
}

/** The place of an event. Of equal times a deletion is the last word. */
export function orderOf(event: IdentityEvent, deliveryId: string): EventOrder {
  const isEnd = event.kind === 'deleted' || event.kind === 'left';
  return [event.at, event.sentAt, isEnd ? `~${deliveryId}` : deliveryId];
}

/**
 * The ledger after an event; the same object when something newer is known already.
 *
 * Of more than `maxMemberships` those that ended longest ago are forgotten: only an event of before that end, coming later still,
 * would bring one back.
 *
 * Invariant  the result does not depend on the order of arrival, and a repeat changes nothing
 * Errors  INVALID when more of them hold
 */
export function foldEvent(ledger: IdentityLedger, event: IdentityEvent, order: EventOrder): IdentityLedger {
  switch (event.kind) {
    case 'saved':
    case 'deleted': {
      const isGone = event.kind === 'deleted';
      const goneAt = isGone ? newer(ledger.goneAt, order) : ledger.goneAt;
      const next = goneAt === ledger.goneAt ? ledger : withoutOver({ ...ledger, goneAt });
      if (ledger.newest === null || compareOrders(order, ledger.newest) > 0) return { ...next, newest: order, isGone };
      return next;
    }
    case 'joined':
    case 'left': {
      const known = membershipIn(ledger, event.organizationId);
      if (known && compareOrders(order, known.order) <= 0) return ledger;
      if (ledger.goneAt !== null && compareOrders(order, ledger.goneAt) <= 0) return ledger;
      const membership = { order, role: event.kind === 'joined' ? event.role : null };
      // Not by an assignment, nor one in brackets: an organization may be called like something that every object has.
      const memberships = Object.fromEntries([
        ...Object.entries(ledger.memberships),
        [event.organizationId, membership],
      ]);
      return bounded({ ...ledger, memberships });
    }
  }
}

/** A deletion ends all memberships of before, and says so of those that come late too: none of them has to be remembered. */
function withoutOver(ledger: IdentityLedger): IdentityLedger {
  const { goneAt, memberships } = ledger;
  if (goneAt === null) return ledger;
  const after = Object.entries(memberships).filter(([, { order }]) => compareOrders(order, goneAt) > 0);
  return { ...ledger, memberships: Object.fromEntries(after) };
}

function bounded(ledger: IdentityLedger): IdentityLedger {
  const entries = Object.entries(ledger.memberships);
  const over = entries.length - maxMemberships;
  if (over <= 0) return ledger;
  const ended = entries.filter(([, { role }]) => role === null).sort(([, a], [, b]) => compareOrders(a.order, b.order));
  if (ended.length < over)
    throw new SyncError('INVALID', `A user has at most ${maxMemberships} memberships; nothing was stored.`, {
      extensions: { errors: [{ path: '/data/organization', code: 'too_many', message: `At most ${maxMemberships}.` }] },
    });
  const forgotten = new Set(ended.slice(0, over).map(([organization]) => organization));
  return {
    ...ledger,
    memberships: Object.fromEntries(entries.filter(([organization]) => !forgotten.has(organization))),
  };
}

/** What is known of a membership, whatever the organization is called. */
export function membershipIn({ memberships }: IdentityLedger, organization: string): Membership | undefined {
  return Object.hasOwn(memberships, organization) ? memberships[organization] : undefined;
}

/** The memberships that hold, by organization. */
export function membershipsOf({ memberships, goneAt }: IdentityLedger): readonly JsonObject[] {
  return Object.entries(memberships)
    .filter(([, { order, role }]) => role !== null && (goneAt === null || compareOrders(order, goneAt) > 0))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([organization, { role }]) => ({ organization_id: organization, role }));
}

/** Where the ledgers are kept, for ever: a deleted person stays deleted. */
export const identitiesBucket = 'identities';

/** The ledger of a person, by the id of the record. Errors  STORE_UNAVAILABLE */
export async function loadLedger({ state }: Pick<Store, 'state'>, key: string): Promise<IdentityLedger> {
  return readLedger((await state.get(identitiesBucket, key))?.value);
}

/** True for somebody whom a source has named, and not ended since. */
export function isLiving({ newest, isGone }: IdentityLedger): boolean {
  return newest !== null && !isGone;
}

/** A ledger as the store gave it back. */
export function readLedger(value: JsonValue | undefined): IdentityLedger {
  return isJsonObject(value) ? (value as unknown as IdentityLedger) : emptyLedger;
}

function newer(a: EventOrder | null, b: EventOrder): EventOrder {
  return a !== null && compareOrders(a, b) >= 0 ? a : b;
}
