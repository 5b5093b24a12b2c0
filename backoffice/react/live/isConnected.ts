import type { ConnectionStatus } from '../../client/index.ts';

/** True while something arrives, by whatever way. */
export function isConnected(status: ConnectionStatus | null): boolean {
  return status?.state === 'live' || status?.state === 'polling';
}
