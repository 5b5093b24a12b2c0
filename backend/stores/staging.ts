import type { Actor } from '../../shared/change.ts';
import type { JsonObject } from '../../shared/json.ts';

/** A connection of the integrator with a transaction that is open: what `pg` gives, and everything like it. */
export interface TransactionClient {
  query(sql: string, values: unknown[]): Promise<unknown>;
}

/** What a transaction of the integrator did to a record; `record` null says that it is gone. */
export interface StagedDraft {
  readonly resource: string;
  readonly id: string;
  readonly record: JsonObject | null;
  readonly actor: Actor;
  readonly mutationId: string | null;
  readonly notify: boolean;
}

/**
 * A change of a transaction that was committed.
 *
 * Shape   `change` is an id of its own, so that it is told once; `isRow` true for a row of a captured table as the database has it;
 *         `fault` says why nothing can be told of it, null for every other
 */
export interface StagedChange extends StagedDraft {
  readonly change: string;
  readonly isRow: boolean;
  readonly fault: string | null;
}

/**
 * What became of a staged change: it is in the log; it has to be tried again later, and everything after it waits; or it never will
 * be told, for this reason, and nothing waits for it.
 */
export type StagedOutcome =
  { readonly status: 'told' } | { readonly status: 'later' } | { readonly status: 'refused'; readonly problem: string };

/** Changes that other programs leave in a transaction of theirs: told when it was committed, and only then. */
export interface Staging {
  /** Leaves a change in a transaction; it is told after the commit, in the order of commits. Errors  whatever the client says */
  stage(client: TransactionClient, change: StagedDraft): Promise<void>;
  /**
   * Hands over what waits, one transaction after the other in the order of commits; changes of one transaction at once. Of several nodes one does it at a time; the others return at once.
   *
   * One that was refused stays, and is handed over again at the next start unless the record was told since.
   *
   * Shape   true when more is waiting than this call took
   * Errors  STORE_UNAVAILABLE
   */
  take(resources: readonly string[], tell: (change: StagedChange) => Promise<StagedOutcome>): Promise<boolean>;
  /** Calls back when something waits; it may also call for nothing. Returns what ends it. */
  onStaged(listener: () => void): () => void;
}
