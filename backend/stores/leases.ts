/** What a node holds after a round: its parts of the work, and how many it may have. */
export interface LeaseRound {
  readonly held: readonly number[];
  /** As many as are fair among the nodes that live; who holds more ends the rest and releases it. */
  readonly share: number;
}

/** A round of sharing work that is cut into `parts` numbered from 0. */
export interface LeaseRequest {
  readonly work: string;
  readonly node: string;
  readonly parts: number;
  /** Milliseconds after which what was not renewed is free. */
  readonly leaseMs: number;
}

/**
 * Shares work among the processes of an installation: a part belongs to at most one node at a time, by a lease that ends by
 * itself. All times are the store's; the clocks of the nodes decide nothing.
 *
 * - `share` renews what the node holds, takes free parts up to its share, and says what it holds now
 * - a lease that ran out is not renewed when another node has the part by then
 */
export interface Leases {
  /** Errors  STORE_UNAVAILABLE: then nothing is known, and what was held ends when its time is over. */
  share(request: LeaseRequest): Promise<LeaseRound>;
  /** Gives parts back, so that another node has them at once; 'all' also takes the node out of the sharing. Errors  STORE_UNAVAILABLE */
  release(work: string, node: string, parts: readonly number[] | 'all'): Promise<void>;
}
