import type { SyncMessage } from '../../../shared/protocol/messages.ts';
import type { ConnectionStatus } from './connectionStatus.ts';
import { createConnection, type Connection } from './createConnection.ts';
import type { ConnectionOptions } from './connectionOptions.ts';
import type { MessageOptions } from './listenToMessages.ts';

/**
 * A connection as pages know it that only want messages.
 *
 * Connected from `connect()` to `disconnect()`, whoever listens; polls while there is no socket, and goes back to it.
 */
export class ConnectionManager {
  /** Everything else that a connection can do. */
  readonly connection: Connection;

  constructor(options: ConnectionOptions = {}) {
    this.connection = createConnection(options);
  }

  /** True while messages arrive, by whatever way. */
  get isConnected(): boolean {
    const { state } = this.connection.getStatus();
    return state === 'live' || state === 'polling';
  }

  connect(): void {
    this.connection.connect();
  }

  disconnect(): void {
    this.connection.disconnect();
  }

  /** Calls the listener with each message, never only the last; returns how to stop. */
  onMessage(listener: (message: SyncMessage) => void, options?: MessageOptions): () => void {
    return this.connection.onMessage(listener, options);
  }

  /** Calls the listener after each change; returns how to stop. */
  onStatusChange(listener: (status: ConnectionStatus) => void): () => void {
    return this.connection.onStatus(listener);
  }
}

const managers = new Map<string, ConnectionManager>();

/** The one manager of a page for these addresses; the other options count when it is made. */
export function getConnectionManager(options: ConnectionOptions = {}): ConnectionManager {
  const name = JSON.stringify([options.backendUrl, options.websocketUrl, options.pollingUrl]);
  const manager = managers.get(name) ?? new ConnectionManager(options);
  managers.set(name, manager);
  return manager;
}
