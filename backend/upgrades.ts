import { ServerResponse, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** A connection that asked to become a WebSocket, before it is one. */
export interface PendingUpgrade {
  readonly socket: Duplex;
  readonly head: Buffer;
}

/** How sockets reach the routes. */
export interface AttachOptions {
  /** Where `sync.router` is mounted; `/ws` at the root leads to `<mount>/sync/ws`. Default `/api`. */
  readonly mount?: string;
}

/** Upgrade requests on their way through the application. */
export interface Upgrades {
  /** Takes the upgrades of a server that are for our routes; returns what ends it. */
  attach(server: Server, options?: AttachOptions): () => void;
  /** The connection behind a request; null for an ordinary request. Can be had once. */
  take(request: IncomingMessage): PendingUpgrade | null;
}

/**
 * Sends upgrade requests through the same Express application as every other request.
 *
 * So whatever stands before our routes counts for sockets too: the integrator's session, his proxy settings, our own limits.
 * A request that no route takes gets that application's answer, and the connection ends. Upgrades of other paths (a
 * development server's) are left alone.
 */
export function createUpgrades(): Upgrades {
  const pending = new WeakMap<IncomingMessage, { upgrade: PendingUpgrade; response: ServerResponse }>();
  return {
    attach(server, { mount = '/api' } = {}) {
      const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
        const path = (request.url ?? '/').split('?')[0] ?? '/';
        if (path === '/ws') request.url = `${mount}/sync/ws${(request.url ?? '').slice(path.length)}`;
        else if (!isOurs(path, mount)) {
          // Nobody else listens, and nobody would ever answer.
          if (server.listenerCount('upgrade') !== 1) return;
          socket.on('error', () => socket.destroy());
          socket.write('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
          endForBoth(socket);
          return;
        }
        socket.on('error', () => socket.destroy());
        const response = new ServerResponse(request);
        response.shouldKeepAlive = false;
        response.assignSocket(socket as never);
        response.once('finish', () => endForBoth(socket));
        pending.set(request, { upgrade: { socket, head }, response });
        server.emit('request', request, response);
      };
      server.on('upgrade', onUpgrade);
      return () => void server.off('upgrade', onUpgrade);
    },
    take(request) {
      const found = pending.get(request);
      if (!found) return null;
      pending.delete(request);
      found.response.removeAllListeners('finish');
      found.response.detachSocket(found.upgrade.socket as never);
      return found.upgrade;
    },
  };
}

/**
 * Ends a connection as soon as everything was sent, also when the other side does not end it: the timeouts of the server
 * no longer count for it, and a half that stays open would hold it for ever.
 */
function endForBoth(socket: Duplex): void {
  socket.end(() => socket.destroy());
}

function isOurs(path: string, mount: string): boolean {
  return path.startsWith(`${mount}/sync/ws`) || path.startsWith(`${mount}/ws/`);
}
