import type { Actor, Operation } from '../../shared/change.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import type { JsonPatchOperation } from '../../shared/merge/index.ts';
import type { SaveOutcome } from '../../shared/receipt.ts';

/**
 * What a change does to the state that the public follows.
 *
 * follows    the resource has no drafts: the public state is the record      kept       a draft: the public state stays
 * published  the public state becomes the record of this entry               withdrawn  the public state becomes nothing
 */
export type Publication = 'follows' | 'kept' | 'published' | 'withdrawn';

/** The first answer to a request that carried an `Idempotency-Key`: enough to give it again. */
export interface SavedKey {
  /** Whose key it is: keys of two users never meet. */
  readonly scope: string;
  readonly key: string;
  readonly bodyHash: string;
  readonly resource: string;
  readonly id: string;
  readonly version: number;
  readonly outcome: SaveOutcome;
}

/**
 * One accepted save, as the log keeps it.
 *
 * Shape   `record` is whole (null when deleted). `undo` leads from `record` back to what was before; where no patch can
 *         (created: nothing was; deleted: nothing is left to start from) it is null and `before` holds the whole record or null
 * Units   `at` milliseconds since 1970, strictly increasing over the log
 */
export interface ChangeEntry {
  readonly kind: 'change';
  readonly seq: number;
  readonly at: number;
  readonly resource: string;
  readonly id: string;
  readonly operation: Operation;
  readonly version: number;
  readonly record: JsonObject | null;
  readonly undo: readonly JsonPatchOperation[] | null;
  readonly before: JsonObject | null;
  readonly publication: Publication;
  /** The public state before, whole; only where `publication` is published or withdrawn. */
  readonly publishedBefore?: JsonObject | null;
  readonly actor: Actor;
  readonly mutationId: string | null;
  readonly notify: boolean;
  readonly key?: SavedKey;
}

/** A save that changed nothing but carried a key: kept so that a retry gets the same answer. Readers skip it. */
export interface KeyEntry {
  readonly kind: 'key';
  readonly seq: number;
  readonly at: number;
  readonly key: SavedKey;
}

/**
 * Whom a message is for.
 *
 * users  these users, each in all his tabs      room   whoever may be in the room and follows it within five minutes
 * scope  everybody who is signed in and whose scope has these values; `{}` is everybody who is signed in
 */
export type MessageTarget =
  | { readonly kind: 'users'; readonly ids: readonly string[] }
  | { readonly kind: 'scope'; readonly scope: JsonObject }
  | { readonly kind: 'room'; readonly room: string };

/**
 * Something told and not stored as a record: a notification, an update in a room, the wish that clients load again.
 *
 * It stands in the log among the changes, so that one cursor covers both. It is told for five minutes; whoever comes later
 * gets a reset of the scope `messages` instead.
 */
export interface MessageEntry {
  readonly kind: 'message';
  readonly seq: number;
  readonly at: number;
  readonly id: string;
  readonly type: string;
  readonly payload: JsonValue;
  readonly to: MessageTarget;
  /** A user who is not told, such as the one who sent it. */
  readonly excludeUserId?: string;
  /** Nobody outside of this scope is told, whomever `to` names: the scope of the user who sent it. Absent: no such limit. */
  readonly within?: JsonObject;
  /** Who sent it; null for the server's own code. */
  readonly from: { readonly id: string; readonly name: string } | null;
  /** Never set: messages have no key. Here so that a draft of any kind can be asked for one. */
  readonly key?: undefined;
}

/** A line of the log. Every reader ignores a kind that it does not know. */
export type LogEntry = ChangeEntry | KeyEntry | MessageEntry;

/** An entry before the store gave it its place and time. */
export type ChangeDraft = Omit<ChangeEntry, 'seq' | 'at'>;

/** A key-only entry before the store gave it its place and time. */
export type KeyDraft = Omit<KeyEntry, 'seq' | 'at'>;

/** A message before the store gave it its place and time. */
export type MessageDraft = Omit<MessageEntry, 'seq' | 'at'>;
