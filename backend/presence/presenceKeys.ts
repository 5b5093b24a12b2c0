/** What is known of one tab that is present. */
interface PresentKey {
  readonly userId: string;
  readonly seenAt: number;
  /** Each with the connection that it was tracked over last, where that was said. */
  readonly channels: Map<string, string | undefined>;
}

/** The keys that are present on this node: whose they are, where they are, and when they last gave a sign of life. */
export interface PresenceKeys {
  /** Whose key it is; undefined when nobody is present under it. */
  ownerOf(key: string): string | undefined;
  /** The channels of a key, each with the connection that it was entered over last. */
  channelsOf(key: string): ReadonlyMap<string, string | undefined>;
  /** The channels of all keys of a user, with those that are in them. */
  channelsOfUser(userId: string): ReadonlyMap<string, readonly string[]>;
  /** A sign of life, also of a key that is new. */
  see(key: string, userId: string): void;
  enter(key: string, channel: string, connection: string | undefined): void;
  exit(key: string, channel: string): void;
  close(): void;
}

/**
 * Makes the list of keys, and calls `onSilent` with those that gave no sign of life for `lifetimeMs`.
 *
 * Units   lifetimeMs and `now` milliseconds
 */
export function createPresenceKeys(options: {
  readonly lifetimeMs: number;
  readonly now: () => number;
  readonly after: (delayMs: number, callback: () => void) => () => void;
  readonly onSilent: (keys: readonly string[]) => void;
}): PresenceKeys {
  const { lifetimeMs, now, after } = options;
  // In the order of the last sign of life: the first is the next to be silent for too long.
  const keys = new Map<string, PresentKey>();
  let cancelTimer: (() => void) | null = null;

  function watch(): void {
    const [first] = keys.values();
    if (first === undefined) {
      cancelTimer?.();
      cancelTimer = null;
    } else {
      // One timer, for the first only: it is not moved at every sign of life, but looks again when it is over.
      cancelTimer ??= after(Math.max(0, first.seenAt + lifetimeMs - now()), () => {
        cancelTimer = null;
        endSilent();
        watch();
      });
    }
  }

  function endSilent(): void {
    const silent: string[] = [];
    for (const [key, { seenAt }] of keys) {
      if (seenAt + lifetimeMs > now()) break;
      silent.push(key);
    }
    if (silent.length > 0) options.onSilent(silent);
  }

  return {
    ownerOf: (key) => keys.get(key)?.userId,
    channelsOf: (key) => keys.get(key)?.channels ?? new Map(),
    channelsOfUser(userId) {
      const found = new Map<string, string[]>();
      for (const [key, present] of keys) {
        if (present.userId !== userId) continue;
        for (const channel of present.channels.keys()) found.set(channel, [...(found.get(channel) ?? []), key]);
      }
      return found;
    },
    see(key, userId) {
      const channels = keys.get(key)?.channels ?? new Map<string, string | undefined>();
      keys.delete(key);
      keys.set(key, { userId, seenAt: now(), channels });
      watch();
    },
    enter(key, channel, connection) {
      keys.get(key)?.channels.set(channel, connection);
    },
    exit(key, channel) {
      const present = keys.get(key);
      present?.channels.delete(channel);
      if (present?.channels.size === 0) keys.delete(key);
      watch();
    },
    close() {
      cancelTimer?.();
      cancelTimer = null;
      keys.clear();
    },
  };
}
