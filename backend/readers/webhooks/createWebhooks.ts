import type { EndpointReach } from '../../../shared/protocol/reach.ts';
import { createHash } from 'node:crypto';
import type { Router } from 'express';
import { serverActor } from '../../auth/actorOf.ts';
import type { Sealer } from '../../auth/sealer.ts';
import type { Core } from '../../core.ts';
import { SyncError } from '../../../shared/problem.ts';
import type { DeliveryLog } from '../../log/deliveryLog.ts';
import type { StateStore } from '../../stores/store.ts';
import { changersOf } from './changersOf.ts';
import { createAddressGuard, type ResolveName } from './addressGuard.ts';
import { createCallLines } from './callLines.ts';
import { createCallSlots, type callLimits } from './callSlots.ts';
import { createComposer } from './composeDelivery.ts';
import { createDeliverNow } from './deliverNow.ts';
import { createEndpointManager } from './endpointManager.ts';
import { webhooksBucket } from './endpointState.ts';
import { createEndpointWorkers, type EndpointWorkers } from './endpointWorkers.ts';
import { createGroupedState } from './groupedState.ts';
import { createHeldEndpoints } from './heldEndpoints.ts';
import { createMemoryDeliveries } from './memoryDeliveries.ts';
import { createPoster } from './postDelivery.ts';
import { reachOf } from './reachOf.ts';
import { systemTimers, type Timers } from './timers.ts';
import { resolveWebhookSettings, type WebhookSettings } from './webhookSettings.ts';
import { webhooksResource, type Endpoint } from './webhooksResource.ts';
import { webhookRoutes } from './webhookRoutes.ts';

/** What webhooks need; time, chance and names are passed in so that tests own them. */
export interface WebhooksOptions {
  readonly core: Core;
  readonly sealer: Sealer;
  readonly state: StateStore;
  /** Ends every reader and call. */
  readonly closing: AbortSignal;
  /** Networks that webhooks may reach although they are not public, as CIDR. */
  readonly allowPrivate: readonly string[];
  readonly settings?: Pick<WebhookSettings, 'maxBodyBytes' | 'deliveryRetentionDays'>;
  /** Gets errors of the readers, which go on. */
  readonly onError: (error: unknown) => void;
  /** An endpoint was switched off by the product, for a reason in words for an admin. Default: only the log says it. */
  readonly onDisabled?: (endpoint: Endpoint, reason: string, changedBy: readonly string[]) => void;
  /** One could not be called for a day, through no fault of its receiver: nobody answers for its name. Default: only its state says it. */
  readonly onHeld?: (endpoint: Endpoint, heldSince: number, changedBy: readonly string[]) => void;
  /** Milliseconds since 1970. Default the clock. */
  readonly now?: () => number;
  /** Milliseconds by a clock that nobody turns. Default that of the process. */
  readonly steadyNow?: () => number;
  readonly timers?: Timers;
  readonly random?: () => number;
  /** Default the hosts file, DNS and the system. */
  readonly resolve?: ResolveName;
  /** How long a process may be silent before another one takes its endpoints over. Default 10,000 milliseconds. */
  readonly leaseMs?: number;
  /** Calls at once; for tests. Default `callLimits`. */
  readonly calls?: { readonly [Name in keyof typeof callLimits]: number };
  /** Records that may wait over all endpoints of the process. Default 200,000. */
  readonly maxWaiting?: number;
}

/** The webhooks of an installation. */
export interface Webhooks {
  /** `/webhooks` of the API. */
  readonly router: Router;
  /** Starts telling every active endpoint. */
  start(): Promise<void>;
  /**
   * Registers an address for all public resources, unless it is or ever was registered: an endpoint that an admin deleted
   * does not come back with the next start.
   *
   * Shape   the secret of the endpoint, this once; null when nothing was registered
   * Errors  ENDPOINT_REFUSED, NAME_UNANSWERED
   */
  registerOnce(url: string): Promise<string | null>;
  /** How far every endpoint of this process has come. */
  readers(): { readonly name: string; readonly seq: number }[];
  /** How far one version of a record came with every endpoint. Errors  STORE_UNAVAILABLE */
  reachOf(resource: string, id: string, version: number): Promise<readonly EndpointReach[]>;
  /** Resolves when everything that is due is told; after `closing` when everything has ended. What waits for a retry is not waited for. */
  idle(): Promise<void>;
}

const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;

/**
 * Creates the webhooks of an installation: one reader of the log for all endpoints, and the routes that manage them.
 *
 * Errors  OPTION_INVALID when `allowPrivate` holds something else than networks, or a limit is none
 */
export function createWebhooks(options: WebhooksOptions): Webhooks {
  const { core, sealer, closing, onError, now = Date.now, timers = systemTimers, random = Math.random } = options;
  const { maxBodyBytes, deliveryRetentionDays } = resolveWebhookSettings(options.settings);
  const state = createGroupedState(options.state, webhooksBucket);
  const { allowPrivate, resolve } = options;
  const guard = createAddressGuard({ allowPrivate, ...(resolve ? { resolve } : {}) });
  const { steadyNow = () => performance.now() } = options;
  const lines = createCallLines();
  const poster = createPoster({ guard, timers, now });
  const compose = createComposer({ core, maxBodyBytes, now });
  let opened: DeliveryLog | null = null;
  let startedAt = Infinity;
  let cancelChores = (): void => undefined;

  const deliveries = (): DeliveryLog => {
    if (opened === null) throw new SyncError('STORE_UNAVAILABLE', 'The webhooks are not started yet.');
    return opened;
  };
  const manager = createEndpointManager({
    core, sealer, state, guard, now, onError,
    workers: () => workers,
    onDisabled: (...told) => options.onDisabled?.(...told),
  }); // prettier-ignore
  const workers: EndpointWorkers = createEndpointWorkers({
    core, sealer, state, poster, compose, deliveries, closing, timers, now, steadyNow, random, lines, onError,
    slots: createCallSlots({ timers, now, ...(options.calls ? { limits: options.calls } : {}) }),
    disable: manager.disable,
    leases: core.store.leases,
    leaseMs: options.leaseMs ?? 10_000,
    maxWaiting: options.maxWaiting ?? 200_000,
  }); // prettier-ignore
  const parts = {
    core,
    sealer,
    poster,
    compose,
    deliveries,
    state,
    now,
    timers,
    closing,
    lines,
    steadyNow,
    manager,
    workers: () => workers,
  };

  const tellHeld = createHeldEndpoints({
    workers,
    now,
    onHeld: (endpoint, since) =>
      void changersOf(core, endpoint.id).then((changedBy) => options.onHeld?.(endpoint, since, changedBy), onError),
  });

  function chores(): void {
    tellHeld();
    cancelChores = timers.after(hourMs, chores);
    deliveries().removeBefore(now() - deliveryRetentionDays * dayMs).catch(onError); // prettier-ignore
    manager.forgetOldSecrets().catch(onError);
  }

  return {
    router: webhookRoutes({ ...parts, deliverNow: createDeliverNow(parts) }),
    async start() {
      const onLoss = (rows: number, error: unknown): void =>
        onError(
          new Error(`${rows} rows of the log of deliveries could not be written; deliveries go on.`, { cause: error }),
        );
      startedAt = now();
      opened = (await core.store.openDeliveries?.(onLoss)) ?? createMemoryDeliveries();
      await workers.start();
      cancelChores = timers.after(hourMs, chores);
    },
    async registerOnce(url) {
      // The id follows from the address, so that its record, or its tombstone, says that this was done.
      const id = `first-${createHash('sha256').update(url).digest('hex').slice(0, 24)}`;
      if ((await core.store.load(webhooksResource.name, id)) !== null) return null;
      const known = (await core.store.list(webhooksResource.name)).some((stored) => stored.record?.['url'] === url);
      if (known) return null;
      return (await manager.register({ url }, serverActor, id)).secret;
    },
    readers: workers.places,
    reachOf: (resource, id, version) => reachOf({ ...parts, startedAt: () => startedAt }, { resource, id, version }),
    async idle() {
      await workers.idle();
      await opened?.flush();
      if (!closing.aborted) return;
      cancelChores();
      await poster.close();
    },
  };
}
