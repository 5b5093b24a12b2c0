import type { JsonObject } from '../../shared/json.ts';
import type { FieldError } from '../../shared/problem.ts';
import type { Conflict } from '../../shared/receipt.ts';

/**
 * Why a save did not happen, for a person and for a program.
 *
 * Shape   `code` is a code of the server's catalogue, or one of the browser's own: NETWORK_FAILED, TIMED_OUT,
 *         ANSWER_UNREADABLE, HTTP_ERROR (a route that answers no problem), DISCARDED, CLOSED, MOVED (another tab or a later sign-in goes on); `status` 0 when nothing answered
 */
export interface SyncProblem {
  readonly code: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly type?: string;
  readonly requestId?: string;
  readonly errors?: readonly FieldError[];
  readonly [extension: string]: unknown;
}

/** What the promise of a refused save rejects with. The save itself stays in the queue until it is retried or discarded. */
export class SyncRequestError extends Error {
  readonly problem: SyncProblem;
  /** Of a 409: the fields that both sides changed. */
  readonly conflicts: readonly Conflict[];
  /** Of a 409: the record as it is stored now; null when it was deleted; undefined for other refusals. */
  readonly current: JsonObject | null | undefined;
  /** The entry of the queue that holds what was typed; null when nothing was queued. */
  readonly entryId: string | null;

  constructor(
    problem: SyncProblem,
    about: { conflicts?: readonly Conflict[]; current?: JsonObject | null; entryId?: string; cause?: unknown } = {},
  ) {
    super(problem.detail ?? problem.title, about.cause === undefined ? undefined : { cause: about.cause });
    this.name = 'SyncRequestError';
    this.problem = problem;
    this.conflicts = about.conflicts ?? [];
    this.current = about.current;
    this.entryId = about.entryId ?? null;
  }
}
