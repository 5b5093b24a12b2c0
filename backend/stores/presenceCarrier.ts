import type { PresenceMember } from '../../shared/protocol/presence.ts';

/** Somebody in a channel, as one node tells the others. */
export interface CarriedMember extends PresenceMember {
  readonly channel: string;
}

/** A membership of a node that is over. */
export interface EndedMembership {
  readonly channel: string;
  readonly key: string;
}

/**
 * What a living node tells since a reader knew it.
 *
 * Shape   `isWhole`: `members` are all that the node has, and what a reader holds beside them is over
 * Units   `changedAt` milliseconds of the carrier's own clock: the same for all nodes
 */
export interface NodePresence {
  readonly node: string;
  readonly revision: number;
  readonly isWhole: boolean;
  readonly members: readonly (CarriedMember & { readonly changedAt: number })[];
  readonly ended: readonly EndedMembership[];
}

/**
 * Carries presence between the nodes of one installation; a store for several nodes offers one. Nothing of it is durable.
 *
 * - Each node writes what is its own, and nobody else does. Its revision rises with every write, also after a failed one.
 * - A write prolongs the node's lease. When the lease runs out, by the carrier's clock, the node has nobody any more.
 * - Nobody needs a reader: what ended is told for a while, after that a reader that is behind gets everything (`isWhole`).
 *
 * The tests of the contract are in `backoffice-sync/testing`.
 */
export interface PresenceCarrier {
  /** How long a node lives without a write. Units: milliseconds. */
  readonly leaseMs: number;
  /** Replaces everything of a node; returns when that was, by the carrier's clock. */
  begin(node: string, revision: number, members: readonly CarriedMember[]): Promise<number>;
  /**
   * Writes what changed and prolongs the lease; returns when that was. Null when nothing is known of the node (its lease ran
   * out, the table was emptied): then nothing was written, and the node has to begin again.
   */
  change(
    node: string,
    revision: number,
    changes: { readonly members: readonly CarriedMember[]; readonly ended: readonly EndedMembership[] },
  ): Promise<number | null>;
  /** The living nodes but the reader's own, each with what came after the revision that is known of it. A node that is absent has nobody. */
  read(node: string, known: ReadonlyMap<string, number>): Promise<readonly NodePresence[]>;
  /** Ends a node: all that is its own goes. */
  leave(node: string): Promise<void>;
}
