import type { PresenceEvent, PresenceMember } from '../../shared/protocol/presence.ts';
import type { PresenceChange } from './presenceRoster.ts';

/** Updates of one member within this time are told as one. */
const updateWindowMs = 100;

/** Those who follow channels. */
export interface PresenceFollowers {
  /** Tells who is there at once, then what changes. Returns what ends it. */
  add(channel: string, members: readonly PresenceMember[], listener: (event: PresenceEvent) => void): () => void;
  /** Tells what changed: at most one event of a kind per channel. */
  tell(changes: readonly PresenceChange[]): void;
  readonly isEmpty: boolean;
  close(): void;
}

/**
 * Makes the list of followers.
 *
 * The first update of a member is told at once and opens a window; of those within it only the last is told, at its end,
 * which opens the next one. A leave ends the window, so that nothing is told of somebody who is gone.
 */
export function createPresenceFollowers(options: {
  readonly after: (delayMs: number, callback: () => void) => () => void;
  readonly onError: (error: unknown) => void;
}): PresenceFollowers {
  const listeners = new Map<string, Set<(event: PresenceEvent) => void>>();
  const windows = new Map<string, { readonly close: () => void; waiting: PresenceChange | null }>();

  function open(name: string): void {
    const close = options.after(updateWindowMs, () => {
      const waiting = windows.get(name)?.waiting ?? null;
      windows.delete(name);
      if (waiting === null) return;
      open(name);
      send([waiting]);
    });
    windows.set(name, { close, waiting: null });
  }

  /** False when the change waits for the end of a window. */
  function isDue(change: PresenceChange): boolean {
    if (!listeners.has(change.channel)) return false;
    const name = JSON.stringify([change.channel, change.member.key, change.member.user.id]);
    const window = windows.get(name);
    if (change.event !== 'update') {
      window?.close();
      windows.delete(name);
      return true;
    }
    if (window === undefined) open(name);
    else window.waiting = change;
    return window === undefined;
  }

  function send(changes: readonly PresenceChange[]): void {
    const events = new Map<string, { channel: string; event: PresenceEvent['event']; members: PresenceMember[] }>();
    for (const { channel, event, member } of changes) {
      const name = `${event} ${channel}`;
      const told = events.get(name) ?? { channel, event, members: [] };
      told.members.push(member);
      events.set(name, told);
    }
    for (const event of events.values()) {
      for (const listener of listeners.get(event.channel) ?? []) give(listener, { type: 'presence', ...event });
    }
  }

  /** One reader's fault keeps nothing from the others. */
  function give(listener: (event: PresenceEvent) => void, event: PresenceEvent): void {
    try {
      listener(event);
    } catch (error) {
      options.onError(error);
    }
  }

  return {
    add(channel, members, listener) {
      // Of its own, so that a function that follows twice is two followers.
      const own = (event: PresenceEvent): void => listener(event);
      const followers = listeners.get(channel) ?? new Set();
      listeners.set(channel, followers.add(own));
      give(own, { type: 'presence', channel, event: 'sync', members });
      return () => {
        followers.delete(own);
        if (followers.size === 0 && listeners.get(channel) === followers) listeners.delete(channel);
      };
    },
    tell: (changes) => send(changes.filter(isDue)),
    get isEmpty() {
      return listeners.size === 0;
    },
    close() {
      for (const { close } of windows.values()) close();
      windows.clear();
      listeners.clear();
    },
  };
}
