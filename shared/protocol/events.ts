import type { Change } from '../change.ts';
import type { Problem } from '../problem.ts';

/** Told when a reader cannot be continued without a gap: load everything again, then go on from `cursor`. */
export interface ResetEvent {
  readonly type: 'reset';
  readonly cursor: string;
  readonly scope: 'changes' | 'messages';
  readonly reason: 'epoch' | 'retention' | 'ahead' | 'start';
}

/** One change, on every transport the same. */
export interface ChangeEvent {
  readonly type: 'change';
  readonly cursor: string;
  readonly change: Change;
}

/** A problem inside a stream that stays open or is about to close. */
export interface ErrorEvent {
  readonly type: 'error';
  readonly problem: Problem;
}

/** Everything that a stream can carry, as JSON. A client ignores a type that it does not know. */
export type SyncEvent = ChangeEvent | ResetEvent | ErrorEvent;
