import type { ConnectionLimits } from './connections.ts';

/** How live connections behave. */
export interface RealtimeOptions extends Partial<ConnectionLimits> {
  /** Time between two signs of life on a quiet stream; a socket from which nothing comes for two is ended. Default 25,000. */
  readonly heartbeatMs?: number;
  /** Time after which an open stream is asked again whether its user may listen. Default 60,000. */
  readonly recheckMs?: number;
  /** True: frames of sockets above 1 kB are compressed (permessage-deflate), which costs memory per socket. Default false. */
  readonly compression?: boolean;
}
