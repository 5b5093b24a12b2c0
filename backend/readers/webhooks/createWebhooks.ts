import { createHash, randomBytes } from 'node:crypto';
import type { Router } from 'express';
import { v7 as uuidV7 } from 'uuid';
import type { Actor } from '../../../shared/change.ts';
import { secretPrefix } from '../../../shared/webhooks/signingKey.ts';
import { serverActor } from '../../auth/actorOf.ts';
import type { Sealer } from '../../auth/sealer.ts';
import type { Core } from '../../core.ts';
import type { StateStore } from '../../stores/store.ts';
import { createAddressGuard, type ResolveName } from './addressGuard.ts';
import { createEndpointReaders } from './endpointReaders.ts';
import { createPoster } from './postDelivery.ts';
import { systemTimers, type Timers } from './timers.ts';
import { toEndpoint, webhooksResource, type Endpoint } from './webhooksResource.ts';
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
  /** Gets errors of the readers, which go on. */
  readonly onError: (error: unknown) => void;
  /** Milliseconds since 1970. Default the clock. */
  readonly now?: () => number;
  readonly timers?: Timers;
  readonly random?: () => number;
  /** Default the system's resolver. */
  readonly resolve?: ResolveName;
}

/** The webhooks of an installation. */
export interface Webhooks {
  /** `/webhooks` of the API. */
  readonly router: Router;
  /** Starts a reader for every active endpoint. */
  start(): Promise<void>;
  /**
   * Registers an address for all public resources, unless it is or ever was registered: an endpoint that an admin deleted
   * does not come back with the next start.
   *
   * Shape   the secret of the endpoint, this once; null when nothing was registered
   * Errors  ENDPOINT_REFUSED
   */
  registerOnce(url: string): Promise<string | null>;
  /** How far every reader has come. */
  readers(): { readonly name: string; readonly seq: number }[];
  /** Resolves when everything that is due is told; after `closing` when everything has ended. What waits for a retry is not waited for. */
  idle(): Promise<void>;
}

/**
 * Creates the webhooks of an installation: one reader of the log per endpoint, and the routes that manage them.
 *
 * Errors  OPTION_INVALID when `allowPrivate` holds something else than networks
 */
export function createWebhooks(options: WebhooksOptions): Webhooks {
  const {
    core,
    sealer,
    state,
    closing,
    onError,
    now = Date.now,
    timers = systemTimers,
    random = Math.random,
  } = options;
  const guard = createAddressGuard({
    allowPrivate: options.allowPrivate,
    ...(options.resolve ? { resolve: options.resolve } : {}),
  });
  const poster = createPoster({ guard, timers, now });
  const readers = createEndpointReaders({
    core,
    sealer,
    state,
    poster,
    closing,
    timers,
    now,
    random,
    onError,
    disable,
  });

  /** Stores a new endpoint and starts its reader; the answer is the only place where its secret ever stands. */
  async function register(endpoint: {
    id: string;
    url: string;
    resources: readonly string[] | null;
    actor: Actor;
  }): Promise<{ endpoint: Endpoint; secret: string }> {
    const { id, url, resources, actor } = endpoint;
    await guard.check(url);
    const secret = `${secretPrefix}${randomBytes(32).toString('base64')}`;
    const fields = { url, ...(resources ? { resources } : {}), active: true, secret };
    await save(id, 'create', fields, actor);
    await readers.refresh(id);
    const stored = toEndpoint(await core.store.load(webhooksResource.name, id));
    if (stored === null) throw new Error('An endpoint that was just stored is not there.');
    return { endpoint: stored, secret };
  }

  async function remove(id: string, actor: Actor): Promise<void> {
    await save(id, 'delete', null, actor);
    await readers.refresh(id);
  }

  async function disable(endpoint: Endpoint, reason: string): Promise<void> {
    await save(endpoint.id, 'update', { active: false }, serverActor);
    // The address may carry a token in its path or query; its server is enough to recognise it.
    core.logger.warn(
      { endpoint: endpoint.id, server: new URL(endpoint.url).origin, reason },
      'webhook endpoint disabled',
    );
    // Not waited for: it waits for the call that led here.
    readers.refresh(endpoint.id).catch(onError);
  }

  async function save(
    id: string,
    intent: 'create' | 'update' | 'delete',
    fields: Record<string, string | boolean | readonly string[]> | null,
    actor: Actor,
  ) {
    await core.saver.save({
      resource: webhooksResource,
      id,
      intent,
      body: fields ? { kind: 'fields', fields, unset: [] } : { kind: 'none' },
      base: { kind: 'overrule' },
      needsBase: false,
      actor,
    });
  }

  return {
    router: webhookRoutes({
      core,
      state,
      register: (url, resources, actor) => register({ id: uuidV7(), url, resources, actor }),
      remove,
    }),
    start: readers.start,
    async registerOnce(url) {
      // The id follows from the address, so that its record, or its tombstone, says that this was done.
      const id = `first-${createHash('sha256').update(url).digest('hex').slice(0, 24)}`;
      if ((await core.store.load(webhooksResource.name, id)) !== null) return null;
      const known = (await core.store.list(webhooksResource.name)).some((stored) => stored.record?.['url'] === url);
      if (known) return null;
      return (await register({ id, url, resources: null, actor: serverActor })).secret;
    },
    readers: readers.places,
    async idle() {
      await readers.idle();
      if (closing.aborted) await poster.close();
    },
  };
}
