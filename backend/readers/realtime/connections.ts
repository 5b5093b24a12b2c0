import { SyncError } from '../../../shared/problem.ts';

/** How many live connections are held, in all and per client. */
export interface ConnectionLimits {
  /** Default 10,000. */
  readonly maxConnections: number;
  /** Per user, or per address for visitors. Default 50. */
  readonly maxConnectionsPerClient: number;
}

/** The ways in which a client can be connected, as the status counts them. */
export type TransportName = 'websocket' | 'sse' | 'poll';

/** Counts live connections; one too many is refused before it costs anything. */
export function createConnections(limits: ConnectionLimits) {
  const byClient = new Map<string, number>();
  const byTransport: Record<TransportName, number> = { websocket: 0, sse: 0, poll: 0 };
  let total = 0;
  return {
    /**
     * Counts one more connection of a client; returns what gives it back, once. A poll is counted and never refused: it
     * ends by itself, and is what is left to a client that has too many of the others.
     *
     * Errors  TOO_MANY_CONNECTIONS
     */
    enter(client: string, transport: TransportName): () => void {
      if (transport === 'poll') {
        byTransport.poll += 1;
        return once(() => {
          byTransport.poll -= 1;
        });
      }
      const held = byClient.get(client) ?? 0;
      if (total >= limits.maxConnections || held >= limits.maxConnectionsPerClient) {
        throw new SyncError('TOO_MANY_CONNECTIONS', 'Close other tabs, or poll at /sync/poll instead.', {
          extensions: { retryAfterSeconds: 5 },
        });
      }
      total += 1;
      byTransport[transport] += 1;
      byClient.set(client, held + 1);
      return once(() => {
        total -= 1;
        byTransport[transport] -= 1;
        const left = (byClient.get(client) ?? 1) - 1;
        if (left > 0) byClient.set(client, left);
        else byClient.delete(client);
      });
    },
    /** How many are open, by transport. A held poll counts while it is held. */
    stats(): Readonly<Record<TransportName, number>> & { readonly clients: number } {
      return { ...byTransport, clients: byClient.size };
    },
  };
}

function once(call: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    call();
  };
}

/** The live connections of an installation. */
export type Connections = ReturnType<typeof createConnections>;
