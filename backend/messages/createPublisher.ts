import { v7 as uuidV7 } from 'uuid';
import { SyncError } from '../../shared/problem.ts';
import type { MessageDraft, MessageEntry } from '../log/entry.ts';
import type { Store } from '../stores/store.ts';
import type { MessageTypes } from './messageTypes.ts';

/** A message before it is checked and stored. */
export interface OutgoingMessage extends Pick<MessageDraft, 'type' | 'to'>, Partial<Pick<MessageDraft, 'from'>> {
  readonly payload: unknown;
  /** Default: a new one. */
  readonly id?: string | undefined;
  readonly excludeUserId?: string | undefined;
  readonly within?: MessageDraft['within'] | undefined;
}

/** The one way in for messages. */
export interface Publisher {
  /**
   * Checks a message and writes it into the log; it is durable when this resolves.
   *
   * Errors  those of MessageTypes.check; FORBIDDEN_TEXT, STORE_UNAVAILABLE
   */
  publish(message: OutgoingMessage): Promise<MessageEntry>;
  /** Since the start. */
  readonly published: number;
}

/** Opens the log for messages. */
export function createPublisher({ store, types }: { store: Store; types: MessageTypes }): Publisher {
  let published = 0;
  return {
    async publish({ id = uuidV7(), type, payload, to, from = null, excludeUserId, within }) {
      const entry: MessageDraft = {
        kind: 'message',
        id,
        type,
        payload: await types.check(type, payload),
        to,
        ...(excludeUserId === undefined ? {} : { excludeUserId }),
        ...(within === undefined ? {} : { within }),
        from,
      };
      const [outcome] = await store.commit([{ entry }]);
      if (outcome?.status === 'failed') throw outcome.error;
      if (outcome?.status !== 'committed' || outcome.entry.kind !== 'message')
        throw new SyncError('INTERNAL', 'The store did not say how storing a message ended.');
      published += 1;
      return outcome.entry;
    },
    get published() {
      return published;
    },
  };
}
