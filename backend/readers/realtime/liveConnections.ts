import type { Request } from 'express';
import { canonicalJson } from '../../../shared/canonicalJson.ts';
import { parseCursor, type LogPosition } from '../../../shared/cursor.ts';
import type { SubscriptionRequest } from '../../../shared/protocol/frames.ts';
import type { PresenceEvent } from '../../../shared/protocol/presence.ts';
import { SyncError } from '../../../shared/problem.ts';
import type { Audience, User } from '../../auth/permissions.ts';
import { identityEnded, type Revocations } from '../../auth/revocations.ts';
import { recheckRooms } from '../../presence/recheckRooms.ts';
import { contextOf } from '../../requestContext.ts';
import type { Connections, TransportName } from './connections.ts';
import type { EventWriter } from './eventWriter.ts';
import { createFeed, type Feed } from './feed.ts';
import { createFollowers } from './followers.ts';
import type { Hub } from './hub.ts';
import { createPresenceFeed } from './presenceFeed.ts';
import type { RealtimeParts } from './realtimeParts.ts';
import { runReader, type Reader, type Sink } from './runReader.ts';
import { createSharedPages } from './sharedPages.ts';
import { readSubscription } from './subscription.ts';

/** What live connections are made of. */
export interface LiveConnectionsOptions {
  readonly parts: RealtimeParts;
  readonly writer: EventWriter;
  readonly hub: Hub;
  readonly connections: Connections;
  readonly revocations: Revocations;
  /** Ends every connection when the installation closes. */
  readonly closing: AbortSignal;
  /** Asks again who the request is from, and what he may; a connection whose user changed or went away ends. */
  readonly isStillAllowed: (request: Request) => Promise<boolean>;
  /** How often that is asked. */
  readonly recheckMs: number;
  /** Hears of every subscription that begins. */
  readonly onSubscribed: (of: {
    readonly user: User | null;
    readonly transport: TransportName;
    readonly resources: readonly string[];
  }) => void;
  readonly onError: (error: unknown) => void;
}

/** Why a connection ended: the client went, the server closes, or what its user was identified as counts no longer. */
export type EndReason = 'gone' | 'closing' | 'revoked';

/** A subscription that was checked, and where it begins. */
export interface PreparedSubscription {
  readonly feed: Feed;
  readonly after: LogPosition;
  /** At which rate it is told; null: as events come. Beside the feed, which those share who are told at different rates. */
  readonly eventsPerSecond: number | null;
}

/** One open connection of a client, whatever its transport; it follows one subscription at a time. */
export interface LiveConnection {
  /** Aborted when it ended; the reason is an EndReason. */
  readonly signal: AbortSignal;
  /**
   * Checks a subscription.
   *
   * Errors  those of readSubscription and RoomAccess; BAD_PARAMETER for a `since` that is no cursor
   */
  prepare(wanted: SubscriptionRequest): Promise<PreparedSubscription>;
  /** Follows it, in place of what was followed before. */
  follow(prepared: PreparedSubscription, sink: Sink): Reader;
  end(reason?: EndReason): void;
  /** Errors  LOGIN_REQUIRED when it ended because its user was revoked: what it read since then is not for him */
  refuseRevoked(): void;
}

/** Opens connections: counted, limited, and asked again whether they may stay. */
export function createLiveConnections(options: LiveConnectionsOptions) {
  const { parts, writer, hub, closing } = options;
  const { presence, rooms } = parts;
  const log = createSharedPages(parts.log);
  const followers = createFollowers();
  const visitors = createFollowers();
  return {
    /** The log for who reads it by himself: what several read is held once, and no page is longer than it may be. */
    log,
    /** How many subscriptions of a resource are open. */
    followersOf: followers.of,
    /** How many open pages of visitors follow a resource live. */
    visitorsOf: visitors.of,
    /** Who is in a channel, as the event that says it whole. */
    membersOf(channel: string): PresenceEvent {
      return { type: 'presence', channel, event: 'sync', members: presence.members(channel) };
    },
    /**
     * Ends at once when its user is revoked or its session ends: who still may comes in again and goes on from his place. Asking again would ask
     * the request of the handshake, which may carry a session that is over, and would go on telling until it is answered.
     *
     * Errors  TOO_MANY_CONNECTIONS, except for a poll, which frees its connection by itself; LOGIN_REQUIRED for a user who
     *         was revoked since he was identified
     */
    open(of: { request: Request; audience: Audience; client: string; transport: TransportName }): LiveConnection {
      const { request } = of;
      const audience = withScope(parts, of.audience);
      const { asOf, session } = contextOf(request).identity;
      const userId = audience.user?.id;
      const unwatch =
        userId === undefined || asOf === undefined
          ? () => undefined
          : options.revocations.watch({ userId, asOf, session }, () => end('revoked'));
      const leave = entered(options.connections, of, unwatch);
      const ended = new AbortController();
      let current: AbortController | null = null;
      let channels: readonly string[] = [];
      const end = (reason: EndReason = 'gone'): void => {
        if (ended.signal.aborted) return;
        clearInterval(timer);
        unwatch();
        closing.removeEventListener('abort', onClosing);
        leave();
        current?.abort();
        ended.abort(reason);
      };
      const onClosing = (): void => end('closing');
      const mayStay = async (): Promise<boolean> => {
        if (!(await options.isStillAllowed(request))) return false;
        if (audience.user === null) return true;
        // By what `scope` says now, which may go by more than the user: what this connection is told goes by what it said then.
        if (withScope(parts, of.audience).key !== audience.key) return false;
        const lost = await recheckRooms({ presence, access: rooms, user: audience.user, followed: channels });
        return !lost.some((channel) => channels.includes(channel));
      };
      const ask = (): void =>
        void mayStay().then(
          (may) => may || end('revoked'),
          // A rule that refuses to say is a refusal; anything else may pass.
          (error: unknown) => (isRefusal(error) ? end('revoked') : options.onError(error)),
        );
      const timer = setInterval(ask, options.recheckMs);
      closing.addEventListener('abort', onClosing);
      if (closing.aborted) onClosing();
      return {
        signal: ended.signal,
        async prepare(wanted) {
          const subscription = readSubscription(parts, audience, wanted);
          for (const channel of subscription.channels) await rooms.refuse(audience.user, channel);
          const after = startPosition(parts, wanted.since);
          const feed = createFeed(parts, writer, audience, subscription);
          return { feed: hub.shared(feed), after, eventsPerSecond: subscription.eventsPerSecond };
        },
        follow({ feed, after, eventsPerSecond }, sink) {
          current?.abort();
          const mine = new AbortController();
          current = mine;
          if (ended.signal.aborted) mine.abort();
          channels = feed.subscription.channels;
          const { signal } = mine;
          // What the subscription before was being told comes too late: the client counts what follows from its new place.
          const own: Sink = {
            send: (event) => signal.aborted || sink.send(event),
            sendAll: (batch) => signal.aborted || sink.sendAll(batch),
            drained: (of) => sink.drained(of),
          };
          const { resources } = feed.subscription;
          followers.enter(resources, signal);
          if (audience.user === null) visitors.enter(resources, signal);
          options.onSubscribed({ user: audience.user, transport: of.transport, resources: [...resources] });
          const watched = createPresenceFeed({ presence, channels, sink: own, signal });
          return runReader({ log, hub, feed, after, eventsPerSecond, sink: watched, signal, onError: options.onError });
        },
        end,
        refuseRevoked() {
          if (ended.signal.reason === 'revoked') throw identityEnded();
        },
      };
    },
  };
}

/** Counts a connection; one that is refused is not watched either. */
function entered(
  connections: Connections,
  { client, transport }: { readonly client: string; readonly transport: TransportName },
  onRefused: () => void,
): () => void {
  try {
    return connections.enter(client, transport);
  } catch (error) {
    onRefused();
    throw error;
  }
}

/** What opens connections. */
export type LiveConnections = ReturnType<typeof createLiveConnections>;

function isRefusal(error: unknown): boolean {
  return error instanceof SyncError && (error.status === 401 || error.status === 403);
}

/**
 * The audience by the scope that its user has now: one who moved to another organization shares nothing that is kept by its
 * key (a feed, a written event) with his own connections of before.
 */
function withScope({ scopeOf }: RealtimeParts, audience: Audience): Audience {
  const scope = audience.user === null ? null : scopeOf(audience.user);
  return scope === null ? audience : { ...audience, key: `${audience.key} ${canonicalJson(scope)}` };
}

/** Where a reader goes on: the cursor that was given, or the end of the log. */
function startPosition({ log }: RealtimeParts, since: string | undefined): LogPosition {
  if (since === undefined) return { epoch: log.epoch, seq: log.head() };
  const position = parseCursor(since);
  if (position) return position;
  throw new SyncError(
    'BAD_PARAMETER',
    '"since" has to be a cursor as an answer gave it (X-Sync-Cursor, or the id of an event).',
  );
}
