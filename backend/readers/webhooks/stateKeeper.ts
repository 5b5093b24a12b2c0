import type { StateStore } from '../../stores/store.ts';
import { formatEndpointState, webhooksBucket, type EndpointState } from './endpointState.ts';
import { pause, type Timers } from './timers.ts';

/** What keeping needs. */
export interface StateKeeperOptions {
  readonly state: StateStore;
  readonly id: string;
  /** The revision that was read; 0 when nothing was stored. */
  readonly revision: number;
  readonly read: () => EndpointState;
  readonly timers: Timers;
  readonly signal: AbortSignal;
  readonly onError: (error: unknown) => void;
}

/** Writes the state of one endpoint, as often as needed and no more. */
export interface StateKeeper {
  /** Says that the state changed. */
  mark(): void;
  /**
   * Resolves when everything that was marked so far is durable. Calls that come while a write runs share the next one.
   *
   * Shape   false when somebody else wrote the state meanwhile, or the signal ended the wait: then nothing may be built on it
   */
  flush(): Promise<boolean>;
}

/** The wait before a write that failed is tried again, in milliseconds. */
const retryMs = 1_000;

/**
 * Creates the keeper of one endpoint's state.
 *
 * Every write says which revision it follows: two senders of one endpoint never mix what they know, the slower one starts
 * again from what is stored.
 */
export function createStateKeeper(options: StateKeeperOptions): StateKeeper {
  let { revision } = options;
  let marked = 0;
  let durable = 0;
  let isSuperseded = false;
  let writing: Promise<void> | null = null;

  async function write(): Promise<void> {
    const upTo = marked;
    for (;;) {
      try {
        const next = await options.state.put(webhooksBucket, options.id, formatEndpointState(options.read()), {
          ifRevision: revision,
        });
        isSuperseded = next === null;
        if (next !== null) [revision, durable] = [next, upTo];
        return;
      } catch (error) {
        options.onError(error);
        // One more try when the end has come already, then no more: the store is about to be closed.
        if (options.signal.aborted) return;
        await pause(options.timers, retryMs, options.signal);
      }
    }
  }

  return {
    mark() {
      marked += 1;
    },
    async flush() {
      const wanted = marked;
      while (durable < wanted) {
        if (isSuperseded) return false;
        const before = durable;
        await (writing ??= write().finally(() => (writing = null)));
        if (durable === before && options.signal.aborted) return false;
      }
      return !isSuperseded;
    },
  };
}
