import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import type { SyncMessage } from '../../../shared/protocol/messages.ts';
import { browserConnectivity } from '../connectivity.ts';
import { systemClock } from '../clock.ts';
import { createUuid } from '../createUuid.ts';
import { sendRequest } from '../sendRequest.ts';
import { SyncRequestError, type SyncProblem } from '../SyncRequestError.ts';
import { readConnectionOptions, type ConnectionOptions } from './connectionOptions.ts';
import { createStatusBoard, type ConnectionStatus } from './connectionStatus.ts';
import { createFollower, type Follower, type FollowOptions } from './createFollower.ts';
import { createLadder } from './createLadder.ts';
import { createLane, type Lane } from './createLane.ts';
import { createMembers } from './createMembers.ts';
import { createPresenceChannels, type Presence } from './createPresence.ts';
import { followChannel } from './followChannel.ts';
import { listenToMessages, type MessageOptions } from './listenToMessages.ts';
import { openTransports } from './openTransports.ts';
import type { Subscription } from './subscription.ts';
import { isPolling } from './transport.ts';
import { watchPage } from './watchPage.ts';

/** One connection to the server, shared by everything on a page that follows something. */
export interface Connection {
  follow(options: FollowOptions): Follower;
  /** Calls the listener with each message; returns how to stop. */
  onMessage(listener: (message: SyncMessage) => void, options?: MessageOptions): () => void;
  /**
   * Sends a message to the other tabs of the user, or to a room.
   *
   * Errors  rejects with SyncRequestError; a socket answers nothing, and what it refuses is told to `debug`
   */
  send(type: string, payload: JsonValue, options?: { readonly room?: string }): Promise<void>;
  /** Enters a channel. A state of null only looks who is there. */
  enter(channel: string, state: JsonObject | null): Presence;
  getStatus(): ConnectionStatus;
  /** Calls the listener after each change; returns how to stop. */
  onStatus(listener: (status: ConnectionStatus) => void): () => void;
  /** Connects also while nothing is followed. */
  connect(): void;
  /** Tries at once, also after a refusal. */
  reconnect(): void;
  /** Lets go of the server until `connect` or `reconnect`; what is followed goes on from its place. */
  disconnect(): void;
  /** Ends everything. */
  close(): void;
}

/**
 * Makes a connection. It is made when something is followed, and let go when nothing is any more.
 *
 *                 follow, connect                first word of a transport
 *   closed ──────────────────────► connecting ─────────────────────────────► live | polling
 *     ▲                               ▲  │                                       │
 *     │ disconnect, 401, 403          │  │ no network, or no answer on any way   │ ended
 *     └─────────── (any) ─────────────┴──┴──► offline ◄──────────────────────────┘
 *
 * Which transport carries the data: createLadder. How one is tried: createLane. Who is told what: createMembers.
 *
 * Errors  OPTION_UNKNOWN, OPTION_INVALID
 */
export function createConnection(options: ConnectionOptions = {}): Connection {
  const { wire, transports, connectionTimeoutMs, maxReconnectAttempts } = readConnectionOptions(options);
  const { clock = systemClock, connectivity = browserConnectivity } = options;
  const key = createUuid(clock.now());
  let isAsked = false;
  let isDisconnected = false;
  let isClosed = false;
  let refusal: SyncProblem | null = null;
  let recovered = true;
  let isRefreshing = false;
  /** True once the server knew who this is: then it comes back as somebody, or is told that it is not any more. */
  let isSomebody = false;

  const explain = (sentence: () => string): void => options.debug?.(sentence());
  const isWanted = (): boolean => !isClosed && !isDisconnected && (isAsked || !members.isEmpty);

  const presence = createPresenceChannels({
    key,
    clock,
    say: (channel, state) => ladder.live()?.lane.say({ type: 'presence', channel, key, state }) ?? false,
    post: (channel, state) =>
      void post('/presence', { channel, key, state }).catch((error: unknown) =>
        explain(() => `Presence in ${channel} was not told: ${String(error)}`),
      ),
    follow: (channel, tell) => {
      const onRefused = (problem: SyncProblem): void => {
        explain(() => `${channel} cannot be entered: ${problem.detail ?? problem.title}`);
        tell(problem);
      };
      return followChannel(channel, { members, onChanged: changed, onRefused });
    },
  });
  const members = createMembers({
    onPresence: (event) => presence.take(event),
    explain,
  });

  const onFailed = (lane: Lane, problem: SyncProblem, subscription: Subscription): void => {
    explain(() => `${problem.title}: ${problem.detail ?? problem.code}`);
    // What it was identified as counts no longer; it may be identified anew, and is refused if it is nobody.
    const isEnded = problem.status === 401 && problem['retryAfterSeconds'] !== undefined;
    isSomebody ||= isEnded;
    if (problem.status === 401 && !isEnded) refuse(problem);
    else if (problem.status === 403 || problem.code === 'BAD_PARAMETER') {
      // One wish among several may be the bad one: the others go on without it.
      if (!members.refuse(subscription, problem)) refuse(problem);
      else if (isWanted()) lane.probe(true);
    } else ladder.onFailed(lane);
    if (ladder.live() === null) presence.pause();
    board.tell();
  };
  const refuse = (problem: SyncProblem): void => {
    refusal = problem;
    ladder.stop();
  };

  const openers = openTransports(wire, transports, explain);
  const ladder = createLadder(
    clock,
    openers.map(({ name, open }) => {
      const lane: Lane = createLane({
        clock,
        isPolling: isPolling(name),
        connectionTimeoutMs,
        maxReconnectAttempts,
        open: (subscription, listener) => open(wire, subscription, listener),
        compose: () => members.compose(isSomebody),
        fits: (subscription) => members.fits(subscription),
        onLive() {
          ladder.onLive(lane);
          recovered = true;
          explain(() => `Live by ${name}.`);
          presence.announce();
          board.tell();
        },
        onFailed: (problem, subscription) => onFailed(lane, problem, subscription),
        onEvent(subscription, event) {
          if (event.type === 'subscribed' && event.user_id) isSomebody = true;
          if (event.type === 'error') explain(() => `${event.problem.title}: ${event.problem.detail ?? ''}`);
          const receipt = members.receive(subscription, event);
          if (event.type === 'reset' && event.scope === 'changes' && event.reason !== 'forced' && receipt === 'taken') {
            recovered = event.reason === 'start' && subscription.request.since === undefined;
            board.tell();
          }
          return receipt === 'again';
        },
      });
      return { name, lane };
    }),
  );

  const board = createStatusBoard({
    now: () => clock.now(),
    facts: () => ({ ladder, isOnline: connectivity.isOnline(), isWanted: isWanted(), refusal, recovered }),
    explain,
  });

  /** Starts or stops, as it is wanted now. */
  const settle = (): void => {
    // Nobody is signed in, or nothing is left that may be followed; somebody may want something else now.
    if (refusal && (refusal.status === 401 || members.isEmpty)) return;
    refusal = null;
    if (!isWanted() || !connectivity.isOnline()) {
      if (ladder.isRunning) presence.pause();
      ladder.stop();
    } else if (!ladder.isRunning) ladder.start();
    else for (const lane of ladder.lanes) lane.refresh();
    presence.announceNew();
    board.tell();
  };
  /** What is followed changed: ten hooks that mount together ask once. */
  const changed = (): void => {
    if (isRefreshing) return;
    isRefreshing = true;
    queueMicrotask(() => {
      isRefreshing = false;
      settle();
    });
  };

  const post = async (path: string, body: JsonObject): Promise<void> => {
    const headers = { Accept: 'application/json', 'Content-Type': 'application/json' };
    const answer = await sendRequest(wire.http, { url: path, method: 'POST', headers, body: JSON.stringify(body) });
    if (answer.problem !== null) throw new SyncRequestError(answer.problem);
  };

  /** Starts what should run, and lets what runs already show that it lives. */
  const wake = (isChanged: boolean): void => {
    const wasRunning = ladder.isRunning;
    settle();
    if (wasRunning && ladder.isRunning) for (const lane of ladder.lanes) lane.probe(isChanged);
  };

  const stopWatching = watchPage(connectivity, (isChanged) => {
    if (!isClosed) wake(isChanged);
  });

  return {
    follow(wants) {
      const onRefused = (problem: SyncProblem): void => {
        explain(() => `${wants.resources.join(', ')} cannot be followed: ${problem.detail ?? problem.title}`);
        wants.onStatus?.({ ...board.status, state: 'closed', transport: null, problem });
      };
      const follower = createFollower(wants, { members, clock, onChanged: changed, onRefused, explain });
      const stop = board.subscribe((status) => wants.onStatus?.(status));
      return {
        update: (next) => follower.update(next),
        close() {
          stop();
          follower.close();
        },
      };
    },
    onMessage: (listener, wants = {}) =>
      listenToMessages(listener, wants, {
        members,
        onChanged: changed,
        onRefused: (problem) => explain(() => `Messages cannot be followed: ${problem.detail ?? problem.title}`),
      }),
    async send(type, payload, { room } = {}) {
      if (room !== undefined && ladder.live()?.lane.say({ type: 'send', room, message: { type, payload } })) return;
      await post('/send', { type, payload, ...(room === undefined ? {} : { room }) });
    },
    enter: (channel, state) => presence.enter(channel, state),
    getStatus: () => board.status,
    onStatus: (listener) => board.subscribe(listener),
    connect() {
      [isAsked, isDisconnected, refusal, isSomebody] = [true, false, null, false];
      changed();
    },
    reconnect() {
      if (isClosed) return;
      const wasRefused = refusal !== null;
      [isDisconnected, refusal, isSomebody] = [false, null, false];
      if (wasRefused) members.forgive();
      wake(true);
    },
    disconnect() {
      [isAsked, isDisconnected] = [false, true];
      settle();
    },
    close() {
      isClosed = true;
      stopWatching();
      settle();
    },
  };
}
