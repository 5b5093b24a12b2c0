import type { Actor } from '../../shared/change.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import { SyncError } from '../../shared/problem.ts';
import { createRecordTurns } from '../../shared/webhooks/recordTurns.ts';
import type { StoredRecord } from '../log/advance.ts';
import type { Resource } from '../records/defineResource.ts';
import type { Saver } from '../records/save.ts';
import type { SaveRequest } from '../records/saveRequest.ts';
import type { StateItem, Store } from '../stores/store.ts';
import { identityFieldNames } from './defineUsers.ts';
import {
  compareOrders, foldEvent, identitiesBucket, isLiving, loadLedger, membershipIn, membershipsOf, orderOf, readLedger, type EventOrder,
  type IdentityLedger,
} from './identityLedger.ts'; // prettier-ignore
import type { IdentityEvent } from './identitySource.ts';
import { isOvertaken } from './isOvertaken.ts';
import { recordIdOf } from './recordIdOf.ts';

/** Where events come from, as the log names it. */
export interface EventOrigin {
  /** `clerk`, or the name of the source. */
  readonly source: string;
  readonly title: string;
}

/** What became of an event: stored, the same as what is there, or older than what is known. */
export type IdentityOutcome = 'applied' | 'unchanged' | 'older';

/** What identities stand on. */
export interface IdentitiesOptions {
  readonly store: Store;
  readonly saver: Saver;
  /** Asked when it is needed: an installation without identities has none. */
  readonly resource: () => Resource;
}

/** How often a save is made again because another one came in between. */
const maxAttempts = 20;

/** Takes events over into the resource of identities, whatever order they come in. */
export type Identities = ReturnType<typeof createIdentities>;

/**
 * Takes events over, each into one record.
 *
 * First the ledger notes how new the event is, by compare and set; then the record is made to follow the ledger, on exactly
 * the version that was there when the ledger was read. So two processes with events of one person never leave the older one, and a
 * crash in between is mended by the sender's next attempt.
 */
export function createIdentities({ store, saver, resource: resourceOf }: IdentitiesOptions) {
  const turns = createRecordTurns();

  async function note(key: string, event: IdentityEvent, order: EventOrder): Promise<void> {
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const item = await store.state.get(identitiesBucket, key);
      const ledger = readLedger(item?.value);
      const next = foldEvent(ledger, event, order);
      if (next === ledger) return;
      const value = next as unknown as JsonValue;
      if ((await store.state.put(identitiesBucket, key, value, { ifRevision: item?.revision ?? 0 })) !== null) return;
    }
    throw busy();
  }

  /** Makes the record follow the ledger, and looks again afterwards: somebody may have noted something meanwhile. */
  async function follow(
    key: string,
    origin: EventOrigin,
    event: IdentityEvent,
    order: EventOrder,
  ): Promise<IdentityOutcome> {
    let outcome: IdentityOutcome = 'unchanged';
    let before: StateItem | null = null;
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const stored = await store.load('users', key);
      const item = await store.state.get(identitiesBucket, key);
      if (before !== null && item?.revision === before.revision) return outcome;
      const ledger = readLedger(item?.value);
      if (isOlder(ledger, event, order)) outcome = outcome === 'applied' ? outcome : 'older';
      const save = saveFor(stored, ledger, { key, origin, event, order });
      if (save !== null) {
        try {
          const { outcome: saved } = await saver.save(save);
          if (saved !== 'unchanged') outcome = 'applied';
        } catch (error) {
          if (!isOvertaken(error)) throw error;
          continue;
        }
      }
      before = item;
    }
    throw busy();
  }

  function saveFor(
    stored: StoredRecord | null,
    ledger: IdentityLedger,
    { key, origin, event, order }: { key: string; origin: EventOrigin; event: IdentityEvent; order: EventOrder },
  ): SaveRequest | null {
    const current = stored?.record ?? null;
    const request = (intent: SaveRequest['intent'], fields: JsonObject | null): SaveRequest => ({
      resource: resourceOf(),
      id: key,
      intent,
      body: fields === null ? { kind: 'none' } : { kind: 'fields', fields, unset: [] },
      base: { kind: 'versions', versions: [{ epoch: store.log.epoch, version: stored?.version ?? 0 }] },
      exactVersion: intent !== 'create',
      needsBase: false,
      actor: actorOfSource(origin),
      override: identityFieldNames,
    });
    if (ledger.isGone && current?.['source_id'] !== undefined) return request('delete', null);
    const isNewest = event.kind === 'saved' && ledger.newest !== null && compareOrders(order, ledger.newest) === 0;
    if (!isNewest && current === null) return null;
    // What people keep under that id without an identity is theirs, and has no memberships: one that comes waits in the ledger.
    if (!isLiving(ledger)) return null;
    const fields: JsonObject = {
      ...(isNewest ? { ...event.fields, ...ownIds(origin, event.userId) } : {}),
      organization_memberships: membershipsOf(ledger),
    };
    return request(current === null ? 'create' : 'update', fields);
  }

  return {
    /**
     * Takes one event over and resolves when it is durable; a repeat is harmless.
     *
     * Errors  INVALID for an id that no record can have, or when the record would not be valid; SAVE_BUSY, STORE_UNAVAILABLE
     */
    take(origin: EventOrigin, event: IdentityEvent, deliveryId: string): Promise<IdentityOutcome> {
      const key = recordIdOf(origin.source, event.userId);
      const order = orderOf(event, deliveryId);
      return turns(key, async () => {
        await note(key, event, order);
        return follow(key, origin, event, order);
      });
    },
    /** How new what is known of a person is. */
    ledgerOf: (key: string): Promise<IdentityLedger> => loadLedger(store, key),
  };
}

function isOlder(ledger: IdentityLedger, event: IdentityEvent, order: EventOrder): boolean {
  if (!('organizationId' in event)) return ledger.newest !== null && compareOrders(order, ledger.newest) < 0;
  // Of what was before a deletion nothing is kept but the deletion.
  const known = [membershipIn(ledger, event.organizationId)?.order, ledger.goneAt];
  return known.some((one) => one != null && compareOrders(order, one) < 0);
}

function ownIds({ source }: EventOrigin, userId: string): JsonObject {
  return source === 'clerk' ? { source, source_id: userId, clerk_user_id: userId } : { source, source_id: userId };
}

function actorOfSource({ source, title }: EventOrigin): Actor {
  return { id: source, name: title, kind: 'webhook' };
}

function busy(): SyncError {
  return new SyncError('SAVE_BUSY', 'Others are saving this user faster than the event can be taken. Send it again.', {
    extensions: { retryAfterSeconds: 1 },
  });
}
