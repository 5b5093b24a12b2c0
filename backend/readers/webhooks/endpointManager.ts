import { randomBytes } from 'node:crypto';
import { v7 as uuidV7 } from 'uuid';
import type { Actor } from '../../../shared/change.ts';
import type { LogPosition } from '../../../shared/cursor.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { SyncError } from '../../../shared/problem.ts';
import { secretPrefix } from '../../../shared/webhooks/signingKey.ts';
import { serverActor } from '../../auth/actorOf.ts';
import type { Sealer } from '../../auth/sealer.ts';
import type { Core } from '../../core.ts';
import type { StateStore } from '../../stores/store.ts';
import type { AddressGuard } from './addressGuard.ts';
import { changersOf } from './changersOf.ts';
import { readChanged } from './carryOutOrders.ts';
import { parseEndpointState, webhooksBucket } from './endpointState.ts';
import type { EndpointWorkers } from './endpointWorkers.ts';
import type { Registration } from './readRegistration.ts';
import {
  toEndpoint,
  webhooksResource,
  type DisabledCode,
  type Endpoint,
  type ResendOrder,
} from './webhooksResource.ts';

/** What the manager stands on. */
export interface EndpointManagerOptions {
  readonly core: Core;
  readonly sealer: Sealer;
  readonly state: StateStore;
  readonly guard: AddressGuard;
  readonly workers: () => EndpointWorkers;
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
  /** An endpoint was switched off by the product; in words for an admin, with the ids of those who added or changed it. */
  readonly onDisabled: (endpoint: Endpoint, reason: string, changedBy: readonly string[]) => void;
}

/** An endpoint with its secret: the only answer in which it ever stands. */
export interface EndpointWithSecret {
  readonly endpoint: Endpoint;
  readonly secret: string;
}

/** What a replay tells: so many records, or, where some of it is no longer kept, that everything is to be loaded again. */
export interface ReplayAnswer {
  readonly records: number;
  readonly reset?: 'retention';
}

/** Changes endpoints; each change is a save, and what runs follows it. */
export interface EndpointManager {
  /** Errors  ENDPOINT_REFUSED, NAME_UNANSWERED */
  register(wanted: Registration & { readonly url: string }, actor: Actor, id?: string): Promise<EndpointWithSecret>;
  /** Errors  ENDPOINT_REFUSED, NAME_UNANSWERED for a new address */
  change(endpoint: Endpoint, wanted: Registration, actor: Actor): Promise<Endpoint>;
  rotate(endpoint: Endpoint, actor: Actor): Promise<EndpointWithSecret>;
  /** Tells again what happened after a place. Errors  BAD_PARAMETER for a place of another log */
  replay(endpoint: Endpoint, after: LogPosition, actor: Actor): Promise<ReplayAnswer>;
  /** Has one record told again by the process that has the endpoint. */
  orderResend(id: string, order: Omit<ResendOrder, 'id'>, actor: Actor): Promise<void>;
  remove(id: string, actor: Actor): Promise<void>;
  disable(endpoint: Endpoint, reason: string, code: DisabledCode): Promise<void>;
  /** Removes secrets whose time after a rotation is over. */
  forgetOldSecrets(): Promise<void>;
}

/** How long the secret before a rotation goes on signing beside the new one, in milliseconds. */
export const rotationMs = 24 * 60 * 60 * 1000;
/** Orders to send a record again that the record of an endpoint names: each was carried out long before it is pushed out. */
const keptResends = 20;

type Fields = Readonly<Record<string, unknown>>;

/** Creates the manager of an installation's endpoints. */
export function createEndpointManager(options: EndpointManagerOptions): EndpointManager {
  const { core, guard, workers, now } = options;

  async function load(id: string): Promise<Endpoint> {
    const endpoint = toEndpoint(await core.store.load(webhooksResource.name, id));
    if (endpoint === null) throw new SyncError('NOT_FOUND', `There is no webhook "${id}".`);
    return endpoint;
  }

  async function save(
    id: string,
    intent: 'create' | 'update' | 'delete',
    given: Fields | null,
    actor: Actor,
    basedOn?: number,
  ) {
    // Null takes a field away.
    const entries = Object.entries(given ?? {}).filter(([, value]) => value !== undefined);
    const fields = Object.fromEntries(entries.filter(([, value]) => value !== null)) as JsonObject;
    const unset = intent === 'create' ? [] : entries.filter(([, value]) => value === null).map(([name]) => `/${name}`);
    await core.saver.save({
      resource: webhooksResource,
      id,
      intent,
      body: given ? { kind: 'fields', fields, unset } : { kind: 'none' },
      base: basedOn === undefined ? { kind: 'overrule' } : { kind: 'versions', versions: [{ version: basedOn }] },
      exactVersion: basedOn !== undefined,
      needsBase: false,
      actor,
    });
  }

  async function update(id: string, fields: Fields, actor: Actor): Promise<Endpoint> {
    await save(id, 'update', fields, actor);
    await workers().refresh(id);
    return load(id);
  }

  /**
   * Saves what `decide` makes of the endpoint as it is stored, and of what somebody else made of it meanwhile: it holds for the
   * record that it was decided about or not at all. Null: nothing is to be saved, or there is no such endpoint.
   */
  async function revise(
    id: string,
    decide: (endpoint: Endpoint) => Promise<Fields | null> | Fields | null,
    actor: Actor,
  ): Promise<Endpoint | null> {
    for (;;) {
      const endpoint = toEndpoint(await core.store.load(webhooksResource.name, id));
      const fields = endpoint && (await decide(endpoint));
      if (endpoint === null || fields === null) return null;
      try {
        await save(id, 'update', fields, actor, endpoint.version);
        return await load(id);
      } catch (error) {
        // Ends: each turn is somebody else's save.
        if (!(error instanceof SyncError) || error.code !== 'VERSION_CHANGED') throw error;
      }
    }
  }

  /** A replay that was ordered and not carried out yet: of a paused endpoint, or on another node. */
  async function notDone({ id, replay }: Endpoint): Promise<LogPosition | null> {
    const stored = await options.state.get(webhooksBucket, id);
    const done = (workers().find(id)?.queue.toState() ?? parseEndpointState(stored?.value))?.orders?.replay;
    return replay === null || replay.id === done ? null : { epoch: replay.epoch, seq: replay.seq };
  }

  return {
    async register(wanted, actor, id = uuidV7()) {
      await guard.check(wanted.url);
      const secret = newSecret();
      await save(id, 'create', { ...wanted, active: true, secret }, actor);
      await workers().refresh(id);
      return { endpoint: await load(id), secret };
    },
    async change(endpoint, wanted, actor) {
      const isElsewhere = wanted.url !== undefined && wanted.url !== endpoint.url;
      if (wanted.url !== undefined && isElsewhere) await guard.check(wanted.url);
      const isResumed = wanted.active === true || isElsewhere;
      return update(
        endpoint.id,
        {
          ...wanted,
          ...(wanted.active === undefined ? {} : { disabledReason: null, disabledCode: null }),
          ...(isResumed ? { resume: uuidV7() } : {}),
          ...(isElsewhere ? { moved: { epoch: core.store.log.epoch, seq: core.store.log.head() } } : {}),
        },
        actor,
      );
    },
    async rotate({ id }, actor) {
      const secret = newSecret();
      const previousValidUntil = new Date(now() + rotationMs).toISOString();
      const withNew = ({ sealedSecret }: Endpoint) => {
        return { secret, previousSecret: options.sealer.open(sealedSecret), previousValidUntil };
      };
      await revise(id, withNew, actor);
      await workers().refresh(id);
      return { endpoint: await load(id), secret };
    },
    async replay(endpoint, after, actor) {
      const changed = await readChanged(core, endpoint, after);
      if (changed === 'epoch')
        throw new SyncError('BAD_PARAMETER', 'This cursor is of another log; give a time instead.');
      const isPartial = changed === 'retention';
      if (isPartial || changed.size > 0) {
        const order = async (stored: Endpoint) => {
          return { replay: { id: uuidV7(), ...earlierPlace(await notDone(stored), after) } };
        };
        await revise(endpoint.id, order, actor);
        await workers().refresh(endpoint.id);
      }
      return isPartial ? { records: 0, reset: 'retention' } : { records: changed.size };
    },
    async orderResend(id, order, actor) {
      const withOrder = ({ resends }: Endpoint) => ({
        resends: [...resends, { id: uuidV7(), ...order }].slice(-keptResends),
      });
      await revise(id, withOrder, actor);
    },
    async remove(id, actor) {
      await save(id, 'delete', null, actor);
      await workers().refresh(id);
    },
    async disable(endpoint, reason, code) {
      // Nothing is said about an address that it has only now, nor about one that somebody switched on again or paused since.
      const off = ({ url, resume, active }: Endpoint) => {
        const isSame = url === endpoint.url && resume === endpoint.resume && active;
        const disabledAt = new Date(now()).toISOString();
        return isSame ? { active: false, disabledReason: reason, disabledCode: code, disabledAt } : null;
      };
      const disabled = await revise(endpoint.id, off, serverActor);
      if (disabled === null) return;
      // The address may carry a token in its path or query; its server is enough to recognise it.
      core.logger.warn(
        { endpoint: endpoint.id, server: new URL(endpoint.url).origin, reason },
        'webhook endpoint disabled',
      );
      options.onDisabled(disabled, reason, await changersOf(core, endpoint.id));
      // Not waited for: it waits for the call that led here.
      workers().refresh(endpoint.id).catch(options.onError);
    },
    async forgetOldSecrets() {
      for (const stored of await core.store.list(webhooksResource.name)) {
        const isOver = ({ previousValidUntil: until }: Endpoint): boolean =>
          until !== null && Date.parse(until) <= now();
        const known = toEndpoint(stored);
        if (known === null || !isOver(known)) continue;
        // A paused endpoint has no worker anywhere; to do it on several nodes changes nothing.
        if (known.active && !workers().find(stored.id)) continue;
        // A secret cannot be taken away, only replaced; of an empty one there is nothing to learn.
        const forget = (of: Endpoint) => (isOver(of) ? { previousSecret: '', previousValidUntil: null } : null);
        await revise(stored.id, forget, serverActor);
      }
    },
  };
}

/** The one from which both are told; one of another log stays, as it becomes a reset. */
function earlierPlace(waiting: LogPosition | null, after: LogPosition): LogPosition {
  if (waiting === null) return after;
  return waiting.epoch !== after.epoch || waiting.seq < after.seq ? waiting : after;
}

function newSecret(): string {
  return `${secretPrefix}${randomBytes(32).toString('base64')}`;
}
