import type { SyncEvent } from '../../../shared/protocol/events.ts';
import type { ClientFrame } from '../../../shared/protocol/frames.ts';
import type { Clock } from '../clock.ts';
import type { SyncProblem } from '../SyncRequestError.ts';
import type { Subscription } from './subscription.ts';
import { heartbeatMs, type OpenedTransport, type TransportListener } from './transport.ts';

/** What a lane needs, and whom it tells. */
export interface LaneOptions {
  readonly clock: Clock;
  /** True: each request has a time-out of its own, and silence between them means nothing. */
  readonly isPolling: boolean;
  readonly connectionTimeoutMs: number;
  readonly maxReconnectAttempts: number;
  /** Opens the transport for one try. */
  readonly open: (subscription: Subscription, listener: TransportListener) => OpenedTransport;
  readonly compose: () => Subscription;
  readonly fits: (subscription: Subscription) => boolean;
  readonly onLive: () => void;
  /** A try failed, or what was live is not any more. */
  readonly onFailed: (problem: SyncProblem, subscription: Subscription) => void;
  /** True when the lane has to ask again from where everybody is. */
  readonly onEvent: (subscription: Subscription, event: SyncEvent) => boolean;
}

/** One transport, tried again and again for as long as it is wanted. */
export interface Lane {
  /** Begins, or tries at once what waits for its next try. */
  start(): void;
  stop(): void;
  readonly isStarted: boolean;
  readonly isLive: boolean;
  /** Failed tries since it was live for a while. */
  readonly attempts: number;
  readonly problem: SyncProblem | null;
  /** Since when it was not live for a while, in milliseconds since 1970; a moment of life does not count. */
  readonly downSince: number;
  /** What is followed may be another now. */
  refresh(): void;
  /**
   * The network may have gone without a word: a transport that is live has to show that it is, any other is tried at once.
   * `isChanged`: it certainly changed, so that a transport which cannot be asked is opened again.
   */
  probe(isChanged: boolean): void;
  say(frame: ClientFrame): boolean;
}

/** How long a transport has to be live before its failures are forgotten. One that opens and dies counts as failing. */
const stableMs = 5_000;
/** How long a probe may go unanswered. */
const probeMs = 5_000;
/** The longest step between tries, and the step once `maxReconnectAttempts` failed. */
const [stepMs, slowStepMs] = [3_000, 30_000];

/**
 * Tries one transport.
 *
 *            start                first word             5 s
 *   stopped ──────► trying ─────────────────► live ─────────────► live, failures forgotten
 *      ▲              ▲ │ ended, or silent for       │ ended, or silent for two heartbeats
 *      │ stop         │ │ connectionTimeout          │ (5 s after a probe)
 *      │              │ ▼                            ▼
 *   (any)           waiting ◄────────────────────────┘
 *                     0-500 ms, doubling to 3 s; 15-30 s after maxReconnectAttempts
 */
export function createLane(options: LaneOptions): Lane {
  const { clock } = options;
  let opened: OpenedTransport | null = null;
  let current: Subscription | null = null;
  let isStarted = false;
  let liveSince: number | null = null;
  let downSince = clock.now();
  let aliveAt = 0;
  let isHeard = false;
  let failures = 0;
  let problem: SyncProblem | null = null;
  let stopTimer = () => {};
  let stopWatch = () => {};

  const close = (): void => {
    stopTimer();
    stopWatch();
    opened?.close();
    [opened, current, liveSince] = [null, null, null];
  };

  const fail = (why: SyncProblem, retryAfterMs: number | null): void => {
    const failed = current;
    const now = clock.now();
    if (liveSince !== null && now - liveSince >= stableMs) [failures, downSince] = [0, now];
    close();
    failures += 1;
    problem = why;
    stopTimer = clock.after(Math.max(delayMs(), retryAfterMs ?? 0), attempt);
    if (failed) options.onFailed(why, failed);
  };

  const delayMs = (): number => {
    const random = clock.random();
    if (failures > options.maxReconnectAttempts) return slowStepMs / 2 + (slowStepMs / 2) * random;
    const step = Math.min(stepMs, 500 * 2 ** Math.min(failures - 1, 8));
    return failures === 1 ? step * random : step / 2 + (step / 2) * random;
  };

  /** One timer, armed again for what is left: frames come often, and a timer is not moved for each. */
  const watch = (): void => {
    stopWatch();
    if (options.isPolling) return;
    const leftMs = aliveAt + 2 * heartbeatMs - clock.now();
    if (leftMs <= 0) return fail(silent(2 * heartbeatMs), null);
    stopWatch = clock.after(leftMs, watch);
  };

  /** Ends the try when nothing comes in time. */
  const expectWord = (ms: number): void => {
    isHeard = false;
    stopWatch();
    stopWatch = clock.after(ms, () => {
      if (!isHeard || liveSince === null) fail(silent(ms), null);
      else watch();
    });
  };

  const attempt = (): void => {
    close();
    const mine = options.compose();
    current = mine;
    let transport: OpenedTransport | null = null;
    const early: (() => void)[] = [];
    // A transport may speak before `open` returned it, and after it was closed.
    const whenMine = (call: () => void): void => {
      if (transport === null) early.push(call);
      else if (opened === transport) call();
    };
    aliveAt = clock.now();
    expectWord(options.connectionTimeoutMs);
    try {
      transport = options.open(mine, {
        onAlive: () => whenMine(() => void ([aliveAt, isHeard] = [clock.now(), true])),
        onReady: () => whenMine(goLive),
        onEvent: (subscription, event) =>
          whenMine(() => {
            if (options.onEvent(subscription, event) && opened === transport) follow();
          }),
        onEnd: (why, retryAfterMs) => whenMine(() => fail(why, retryAfterMs)),
      });
    } catch (cause) {
      // A browser throws for an address that the page may not reach, such as ws: from https:.
      const detail = cause instanceof Error ? cause.message : String(cause);
      return fail({ code: 'NETWORK_FAILED', title: 'The server cannot be reached', status: 0, detail }, null);
    }
    opened = transport;
    for (const call of early) whenMine(call);
  };

  const goLive = (): void => {
    if (liveSince !== null) return;
    liveSince = clock.now();
    problem = null;
    watch();
    options.onLive();
  };

  const follow = (): void => {
    current = options.compose();
    opened?.follow(current);
  };

  return {
    start() {
      if (isStarted && opened) return;
      if (!isStarted) [failures, downSince] = [0, clock.now()];
      isStarted = true;
      attempt();
    },
    stop() {
      isStarted = false;
      problem = null;
      close();
    },
    get isStarted() {
      return isStarted;
    },
    get isLive() {
      return liveSince !== null;
    },
    get attempts() {
      return failures;
    },
    get problem() {
      return problem;
    },
    get downSince() {
      return downSince;
    },
    refresh() {
      if (current && !options.fits(current)) follow();
    },
    probe(isChanged) {
      if (!isStarted) return;
      if (liveSince === null) {
        failures = 0;
        return attempt();
      }
      const isQuiet = clock.now() - aliveAt > heartbeatMs;
      if (opened?.probe()) expectWord(probeMs);
      else if (isChanged || isQuiet) {
        follow();
        if (!options.isPolling) expectWord(options.connectionTimeoutMs);
      }
    },
    say: (frame) => (liveSince !== null && opened ? opened.say(frame) : false),
  };
}

function silent(ms: number): SyncProblem {
  return {
    code: 'TIMED_OUT',
    title: 'The server did not answer in time',
    status: 0,
    detail: `Nothing came for ${ms} ms.`,
  };
}
