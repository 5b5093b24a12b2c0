import type { JsonValue } from '../../shared/json.ts';
import type { ReceivedHeaders, Verification } from '../../shared/webhooks/index.ts';

/** A call of a source, as it came. */
export interface SourceCall {
  readonly headers: ReceivedHeaders;
  /** The bytes that are signed. */
  readonly body: Uint8Array;
}

/** What a source says of a person; a field that is absent stays as it is. */
export interface IdentityFields {
  readonly email?: string | null;
  readonly first_name?: string | null;
  readonly last_name?: string | null;
  readonly image_url?: string | null;
}

/**
 * Something that happened to a person at a source.
 *
 * Shape   userId as the source has it
 * Units   at milliseconds since 1970, of what the event tells (`updated_at`), not of its sending; `sentAt` decides between equal ones
 */
export type IdentityEvent = { readonly userId: string; readonly at: number; readonly sentAt: number } & (
  | { readonly kind: 'saved'; readonly fields: IdentityFields }
  | { readonly kind: 'deleted' }
  | { readonly kind: 'joined'; readonly organizationId: string; readonly role: string }
  | { readonly kind: 'left'; readonly organizationId: string }
);

/** What a body says. Without events it is answered 200 and ignored. */
export interface SourceMessage {
  /** For the log. */
  readonly type: string;
  readonly events: readonly IdentityEvent[];
}

/**
 * Where identities come from: one file for each. `verify` judges the bytes before anything is read; `read` makes events of them.
 * Order, repeats and storing are the product's.
 *
 * Errors  `read` throws INVALID for a known type that is not as it should be; nothing of the call is stored then
 */
export interface IdentitySource {
  /** Who the log and the history name: `Clerk`. */
  readonly title: string;
  verify(call: SourceCall): Verification | Promise<Verification>;
  read(body: JsonValue, delivery: { readonly id: string; readonly timestamp: Date }): SourceMessage;
}
