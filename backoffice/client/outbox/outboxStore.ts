import type { OutboxLine } from './outboxLine.ts';

/**
 * Who is signed in, for all tabs of the browser.
 *
 * Shape   `turn` counts sign-ins, so that an answer from before one is known; `isExpired` the server has said 401 since;
 *         `tabs` when each tab was seen, only where there are no Web Locks
 * Units   `tabs` milliseconds since 1970
 */
export interface OutboxSession {
  readonly user: string | null;
  readonly turn: number;
  readonly isExpired: boolean;
  readonly tabs: Readonly<Record<string, number>>;
}

/** What stands in the store, in the order of the lines. */
export interface OutboxContent {
  readonly lines: readonly OutboxLine[];
  readonly session: OutboxSession;
}

/** What a change writes. A line with `order` 0 gets the next one; `remove` names orders. */
export interface OutboxEdit<T> {
  readonly value: T;
  readonly put?: readonly OutboxLine[];
  readonly remove?: readonly number[];
  readonly session?: OutboxSession;
}

/**
 * The lines of all tabs of one browser.
 *
 * `change` is the one operation, and atomic over all tabs: it reads the lines of a record, or all with null, lets `work` decide
 * at once, and writes. It resolves when that is durable, and rejects when it could not be written, with nothing of it done.
 */
export interface OutboxStore {
  readonly isDurable: boolean;
  change<T>(record: string | null, work: (content: OutboxContent) => OutboxEdit<T>): Promise<T>;
  close(): void;
}

/** Nobody has signed in yet. */
export const emptySession: OutboxSession = { user: null, turn: 0, isExpired: false, tabs: {} };
