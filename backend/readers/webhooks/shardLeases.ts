import { randomUUID } from 'node:crypto';
import type { Store } from '../../stores/store.ts';

/** Who shares the work out. */
export type Leases = NonNullable<Store['leases']>;

/** What sharing endpoints among processes needs. */
export interface ShardLeasesOptions {
  readonly leases: Leases;
  readonly leaseMs: number;
  /** Shards that are ours from now on: their endpoints are read and called for. */
  readonly onGain: (shards: readonly number[]) => Promise<void>;
  /** Shards that are not ours any more; resolves when no call for them is being made. */
  readonly onLose: (shards: readonly number[]) => Promise<void>;
  /** The time is over and nobody renewed it: whatever is being called has to end now. */
  readonly onLapse: () => void;
  readonly onError: (error: unknown) => void;
}

/** The shards of this process. */
export interface ShardLeases {
  /** The first round; then one after the other until `stop`. */
  start(): Promise<void>;
  /** True while the lease of an endpoint's shard is ours beyond doubt. */
  isOurs(endpointId: string): boolean;
  /** Ends the rounds and gives everything back. */
  stop(): Promise<void>;
}

/** Endpoints are shared out in so many parts: one lease for each would be a write for each, every few seconds. */
export const shardCount = 64;
const work = 'webhooks';
/** A lease counts as over a tenth of its time before it is, so that a call that begins at the last moment still is alone. */
const safety = 0.9;

/** The shard of an endpoint. */
export function shardOf(endpointId: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < endpointId.length; index++) {
    hash = Math.imul(hash ^ endpointId.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % shardCount;
}

/**
 * Creates the leases of a process: it renews what it holds three times in a lease, takes what is free, and gives back what is
 * more than its share.
 *
 * How long a lease is good for is measured here from before the question was sent, by the clock of the machine and by the one
 * that nobody can set: a process that was stopped finds out before its next call, whichever of the two stood still.
 */
export function createShardLeases(options: ShardLeasesOptions): ShardLeases {
  const { leases, leaseMs, onError } = options;
  const node = randomUUID();
  let held: ReadonlySet<number> = new Set();
  const ending = new Set<number>();
  let renewedAt = { wall: -Infinity, steady: -Infinity };
  let timer: NodeJS.Timeout | null = null;
  let lapse: NodeJS.Timeout | null = null;
  let running: Promise<void> = Promise.resolve();
  let isStopped = false;

  function isValid(): boolean {
    const limit = leaseMs * safety;
    return Date.now() - renewedAt.wall < limit && performance.now() - renewedAt.steady < limit;
  }

  async function lose(shards: readonly number[]): Promise<void> {
    if (shards.length === 0) return;
    // First the word, then the end of the calls: none begins in between.
    held = new Set([...held].filter((shard) => !shards.includes(shard)));
    await options.onLose(shards);
  }

  /** Not waited for by the rounds: what is ours until its calls have ended goes on being renewed. */
  async function giveBack(shards: readonly number[]): Promise<void> {
    for (const shard of shards) ending.add(shard);
    try {
      await lose(shards);
      if (!isStopped) await leases.release(work, node, shards);
    } finally {
      for (const shard of shards) ending.delete(shard);
    }
  }

  async function round(): Promise<void> {
    const asked = { wall: Date.now(), steady: performance.now() };
    const { held: given, share } = await leases.share({ work, node, parts: shardCount, leaseMs });
    // What ran out may have been another node's meanwhile: its calls end, and its state is read again.
    if (!isValid()) options.onLapse();
    await lose(isValid() ? [...held].filter((shard) => !given.includes(shard)) : [...held]);
    const excess = given.filter((shard) => !ending.has(shard)).slice(share);
    renewedAt = asked;
    if (lapse !== null) clearTimeout(lapse);
    lapse = setTimeout(options.onLapse, leaseMs * safety).unref();
    if (excess.length > 0) giveBack(excess).catch(onError);
    const gained = given.filter((shard) => !held.has(shard) && !ending.has(shard));
    if (gained.length === 0) return;
    held = new Set([...held, ...gained]);
    await options.onGain(gained);
  }

  function next(): void {
    if (isStopped) return;
    timer = setTimeout(() => {
      running = round().catch(onError).finally(next);
    }, leaseMs / 3);
    timer.unref();
  }

  return {
    async start() {
      running = round().catch(onError).finally(next);
      await running;
    },
    isOurs: (endpointId) => held.has(shardOf(endpointId)) && isValid(),
    async stop() {
      isStopped = true;
      if (timer !== null) clearTimeout(timer);
      await running;
      if (lapse !== null) clearTimeout(lapse);
      held = new Set();
      await leases.release(work, node, 'all').catch(onError);
    },
  };
}
