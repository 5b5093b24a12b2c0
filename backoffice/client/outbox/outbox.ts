import type { Clock } from '../clock.ts';
import type { SaveQueue } from '../createSaveQueue.ts';
import type { SyncProblem } from '../SyncRequestError.ts';
import type { QueueEntry } from '../syncState.ts';
import type { SaveKeeper } from './saveKeeper.ts';

/** The page whose saves are kept. */
export interface OutboxHost {
  /** Asked for late: the queue needs the keeper first. */
  readonly queue: () => SaveQueue;
  readonly publish: () => void;
  readonly onProblem: (problem: SyncProblem) => void;
  readonly clock: Clock;
}

/**
 * Where saves are kept until they are stored.
 *
 * Users   a save belongs to the user who is signed in when it is made; it is neither shown to nor sent as anybody else
 */
export interface Outbox {
  /**
   * Says who is signed in. Saves of this user are sent, also those that dead tabs and earlier days have left. Before the first
   * call nothing is sent; what was typed by then belongs to the user who comes.
   */
  signIn(user: string): Promise<void>;
  /** Says that nobody is: nothing is sent or shown, everything stays. Called before a session ends. */
  signOut(): Promise<void>;
  /** What a user has not saved yet, in all tabs: what to ask about at logout. */
  pendingOf(user: string): Promise<readonly QueueEntry[]>;
  /** Gives up everything that a user has not saved yet, in all tabs. */
  clear(user: string): Promise<void>;
  /** Resolves when everything that was saved so far is written; true when that survives the page. */
  kept(): Promise<boolean>;
  /** Used by the service: takes over the keeping of its saves. One service for one outbox. */
  attach(host: OutboxHost): SaveKeeper;
}
