import { SyncError } from '../../../shared/problem.ts';

/** How many live connections are held, in all and per client. */
export interface ConnectionLimits {
  /** Default 10,000. */
  readonly maxConnections: number;
  /** Per user, or per address for visitors. Default 50. */
  readonly maxConnectionsPerClient: number;
}

/** Counts live connections; one too many is refused before it costs anything. */
export function createConnections(limits: ConnectionLimits) {
  const byClient = new Map<string, number>();
  let total = 0;
  return {
    /**
     * Counts one more connection of a client; returns what gives it back, once.
     *
     * Errors  TOO_MANY_CONNECTIONS
     */
    enter(client: string): () => void {
      const held = byClient.get(client) ?? 0;
      if (total >= limits.maxConnections || held >= limits.maxConnectionsPerClient) {
        throw new SyncError('TOO_MANY_CONNECTIONS', 'Close other tabs, or poll at /sync/poll instead.', {
          extensions: { retryAfterSeconds: 5 },
        });
      }
      total += 1;
      byClient.set(client, held + 1);
      let isInside = true;
      return () => {
        if (!isInside) return;
        isInside = false;
        total -= 1;
        const left = (byClient.get(client) ?? 1) - 1;
        if (left > 0) byClient.set(client, left);
        else byClient.delete(client);
      };
    },
    get count(): number {
      return total;
    },
  };
}

/** The live connections of an installation. */
export type Connections = ReturnType<typeof createConnections>;
