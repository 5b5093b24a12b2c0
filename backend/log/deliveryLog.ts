/** What led to a call. */
export type DeliveryKind = 'event' | 'test' | 'resend' | 'replay';

/**
 * How a call ended.
 *
 * delivered  2xx     gone  410: the receiver wants nothing any more     refused  the address may not be called     failed  anything else
 */
export type DeliveryOutcome = 'delivered' | 'failed' | 'gone' | 'refused';

/** What was sent, cut where it is long; the secret is not in it. */
export interface SentRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The length before it was cut. */
  readonly bodyBytes: number;
}

/** What came back, cut where it is long; `bodyBytes` null when the rest was not read. */
export interface ReceivedAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly bodyBytes: number | null;
}

/**
 * One attempt to reach a receiver.
 *
 * Shape   `attempt` counts from 1; `error` in words for an admin; `shownVersion` the version that the receiver says it serves now
 * Units   durationMs milliseconds
 */
export interface DeliveryRow {
  readonly id: string;
  readonly endpoint: string;
  readonly messageId: string;
  readonly kind: DeliveryKind;
  readonly type: string;
  readonly resource: string | null;
  readonly recordId: string | null;
  readonly versions: readonly [from: number, to: number] | null;
  readonly attempt: number;
  readonly at: string;
  readonly durationMs: number;
  readonly outcome: DeliveryOutcome;
  readonly status: number | null;
  readonly error: string | null;
  readonly nextAttemptAt: string | null;
  readonly shownVersion: number | null;
}

/** A row with what travelled. */
export interface DeliveryDetail extends DeliveryRow {
  readonly request: SentRequest;
  readonly answer: ReceivedAnswer | null;
}

/** Rows of one endpoint, newest first; `next` is where an older page begins, null at the end. */
export interface DeliveryPage {
  readonly rows: readonly DeliveryRow[];
  readonly next: string | null;
}

/**
 * The attempts that were made, for people to read: nothing is decided by it, so that it may lose its last rows in a crash and
 * never makes a delivery wait.
 */
export interface DeliveryLog {
  /** Notes an attempt and returns its id at once; it is written in the background. A row that cannot be written is reported and dropped. */
  add(detail: Omit<DeliveryDetail, 'id'>): string;
  /** Errors  STORE_UNAVAILABLE */
  list(
    endpoint: string,
    options: { readonly limit: number; readonly before?: string; readonly outcome?: 'failed' },
  ): Promise<DeliveryPage>;
  /** Null when there is none, or it is no longer kept. Errors  STORE_UNAVAILABLE */
  get(endpoint: string, id: string): Promise<DeliveryDetail | null>;
  /** The newest row of every endpoint about a record. Errors  STORE_UNAVAILABLE */
  latestOf(resource: string, recordId: string): Promise<readonly DeliveryRow[]>;
  /**
   * Of attempts made before this moment, in milliseconds since 1970, `latestOf` may have missed the row: that there is none says
   * nothing about them. Asked after it; absent for a log that misses none.
   */
  latestSince?(): number;
  /** Removes rows made before a time in milliseconds. Errors  STORE_UNAVAILABLE */
  removeBefore(time: number): Promise<void>;
  /** Resolves when everything that was added is written, or reported. */
  flush(): Promise<void>;
}

/** Gets what the log could not write: how many rows, and why. */
export type OnDeliveryLoss = (rows: number, error: unknown) => void;

/** Rows whose attempt did not reach its receiver. */
export function isFailedRow({ outcome }: Pick<DeliveryRow, 'outcome'>): boolean {
  return outcome !== 'delivered';
}

/** A row without what travelled. */
export function toDeliveryRow({ request: _request, answer: _answer, ...row }: DeliveryDetail): DeliveryRow {
  return row;
}
