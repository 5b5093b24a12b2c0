/** The panel's one live connection, from which every screen takes the changes of its records. */
import type { Change } from '../../../shared/change.ts';
import type { SyncEvent } from '../../../shared/protocol/events.ts';
import type { SyncMessage } from '../../../shared/protocol/messages.ts';
import type * as live from '../../client/createLiveChanges.ts';
import type { LiveChanges, LiveStatus } from '../../client/createLiveChanges.ts';

/** What `createLiveFeed` needs. */
export interface LiveFeedOptions {
  readonly backendUrl: string;
  /** Called when everything has to be loaded again, because the reader could not be continued. */
  readonly onReset: () => void;
  /** Called for each change, after the listeners. */
  readonly onChange: (change: Change) => void;
  /** Called with each message for the user. */
  readonly onMessage: (message: SyncMessage) => void;
  /** Called when the connection is refused because nobody is signed in. */
  readonly onSignedOut: () => void;
  /** Brings the code that connects. */
  readonly load: () => Promise<Pick<typeof live, 'createLiveChanges'>>;
}

/** A feed that outlives screens; `start` may be called again and only connects anew for other resources. */
export interface LiveFeed {
  start(resources: readonly string[], since: string | undefined): void;
  stop(): void;
  reconnect(): void;
  getStatus(): LiveStatus;
  subscribeStatus(listener: () => void): () => void;
  subscribeChanges(listener: (change: Change) => void): () => void;
}

/** Makes a feed that is not connected yet. */
export function createLiveFeed(options: LiveFeedOptions): LiveFeed {
  const statusListeners = new Set<() => void>();
  const changeListeners = new Set<(change: Change) => void>();
  let status: LiveStatus = { state: 'connecting', since: new Date() };
  let connection: LiveChanges | undefined;
  let followed: string | undefined;

  const setStatus = (next: LiveStatus) => {
    status = next;
    for (const listener of statusListeners) listener();
    if (next.problem?.status === 401) options.onSignedOut();
  };
  const onEvent = (event: SyncEvent) => {
    if (event.type === 'reset') options.onReset();
    if (event.type !== 'change') return;
    for (const listener of changeListeners) listener(event.change);
    options.onChange(event.change);
  };

  return {
    start: (resources, since) => {
      const wanted = resources.join(',');
      if (wanted === followed) return;
      connection?.close();
      followed = wanted;
      const connect = async () => {
        const { createLiveChanges } = await options.load();
        // Stopped, or asked for others, while the code was on its way.
        if (followed !== wanted) return;
        const from = since === undefined ? {} : { since };
        const { backendUrl, onMessage } = options;
        connection = createLiveChanges({ backendUrl, resources, ...from, onEvent, onMessage, onStatus: setStatus });
        setStatus(connection.getStatus());
      };
      connect().catch(() => {
        followed = undefined;
        setStatus({ state: 'offline', since: new Date() });
      });
    },
    stop: () => {
      connection?.close();
      connection = undefined;
      followed = undefined;
    },
    reconnect: () => connection?.reconnect(),
    getStatus: () => status,
    subscribeStatus: (listener) => {
      statusListeners.add(listener);
      return () => statusListeners.delete(listener);
    },
    subscribeChanges: (listener) => {
      changeListeners.add(listener);
      return () => changeListeners.delete(listener);
    },
  };
}
