import type { JsonObject, JsonValue } from '../../shared/json.ts';
import type { User } from '../auth/permissions.ts';
import type { MessageEntry } from '../log/entry.ts';
import type { Publisher } from './createPublisher.ts';
import type { MessageTypes } from './messageTypes.ts';

/** What a user says in a room. */
export interface RoomMessage {
  readonly room: string;
  readonly type: unknown;
  readonly payload: JsonValue | undefined;
  /** Chosen by whoever has to know his own message when it comes back. Default: a new one. */
  readonly id?: string;
}

/**
 * Sends what a user says in a room, over a route or a socket. Whether he may be there is asked before.
 *
 * Errors  MESSAGE_TYPE_UNKNOWN and those of Publisher.publish
 */
export type RoomSender = (user: User, message: RoomMessage) => Promise<MessageEntry>;

/** Makes the one way into rooms: what is said stays in the scope of who says it, also where two tenants name a room alike. */
export function createRoomSender(parts: {
  readonly publisher: Publisher;
  readonly types: MessageTypes;
  readonly scopeOf: (user: User) => JsonObject | null;
}): RoomSender {
  const { publisher, types, scopeOf } = parts;
  return async (user, { room, type, payload, id }) =>
    publisher.publish({
      id,
      type: types.read(type),
      payload,
      to: { kind: 'room', room },
      within: scopeOf(user) ?? undefined,
      from: { id: user.id, name: user.name },
    });
}
