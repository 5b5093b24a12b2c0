import type { LastDelivery } from './endpointState.ts';

/** How a call ended, and how long to wait if it has to be made again. */
export interface JobResult {
  readonly delivered: boolean;
  readonly last: LastDelivery;
  readonly waitMs: number;
  /** True when the receiver itself asked to wait: then for every record. */
  readonly quiet: boolean;
  /** True when it failed after so long a wait that the next call stands among those that hang. */
  readonly hung: boolean;
}
