import { isNameUnanswered } from './endpoint.ts';

/** One attempt to tell a receiver something, as the API answers it; times are ISO 8601 in UTC. */
export interface Delivery {
  readonly id: string;
  readonly messageId: string;
  readonly kind: 'event' | 'test' | 'resend' | 'replay';
  /** Such as `settings.updated`. */
  readonly type: string;
  readonly resource: string | null;
  readonly recordId: string | null;
  /** The versions that one call told of, the first and the last. */
  readonly versions: readonly [from: number, to: number] | null;
  /** 1 is the first. */
  readonly attempt: number;
  readonly at: string;
  readonly durationMs: number;
  readonly outcome: 'delivered' | 'failed' | 'gone' | 'refused';
  readonly status: number | null;
  readonly error: string | null;
  readonly nextAttemptAt: string | null;
  /** The version that the receiver says it serves now. */
  readonly shownVersion: number | null;
  /** Only where one delivery is read. */
  readonly request?: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly bodyBytes: number;
  };
  /** Only where one delivery is read; null when nothing came back. */
  readonly answer?: {
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly bodyBytes: number | null;
  } | null;
}

/** Which sentences say how an attempt ended. */
export type DeliveryStory =
  | 'delivered'
  | 'gone'
  | 'address'
  | 'timeout'
  | 'name'
  | 'nameServers'
  | 'closed'
  | 'certificate'
  | 'connection'
  | 'redirect'
  | 'signature'
  | 'missing'
  | 'large'
  | 'busy'
  | 'rejected'
  | 'broken';

/** Tells from status and error what happened, so that it can be said in the language of the screen. */
export function deliveryStory({
  outcome,
  status,
  error,
}: Pick<Delivery, 'outcome' | 'status' | 'error'>): DeliveryStory {
  if (outcome === 'delivered' || outcome === 'gone') return outcome;
  if (outcome === 'refused') return 'address';
  if (status === null) return withoutAnswer(error ?? '');
  if (status < 400) return 'redirect';
  if (status === 401 || status === 403) return 'signature';
  if (status === 404 || status === 405) return 'missing';
  if (status === 413) return 'large';
  if (status === 429 || status === 503) return 'busy';
  return status >= 500 ? 'broken' : 'rejected';
}

/** The server's words carry the code of the connection, which is the same on every machine. */
function withoutAnswer(error: string): DeliveryStory {
  if (isNameUnanswered(error)) return 'nameServers';
  if (/No answer within|TIMEOUT|ETIMEDOUT/.test(error)) return 'timeout';
  if (/ENOTFOUND|EAI_/.test(error)) return 'name';
  if (/ECONNREFUSED/.test(error)) return 'closed';
  if (/CERT|TLS|SSL|SELF_SIGNED/.test(error)) return 'certificate';
  return 'connection';
}
