import type { JsonObject } from '../../shared/json.ts';
import type { NotificationDraft } from './createNotifications.ts';
import type { MessageAudience } from './realtimeSyncService.ts';

/** What a mutation tells: a message, a notification of a user, or what a record of foreign data is now (null: it is gone). */
export type PublishedEvent =
  | ({ readonly type: string; readonly payload: unknown } & MessageAudience)
  | { readonly notification: NotificationDraft; readonly userId: string }
  | { readonly resource: string; readonly id: string; readonly record: JsonObject | null };

/** One event, several in their order, or none. */
export type PublishedEvents = PublishedEvent | readonly PublishedEvent[] | null | undefined;

/** Wraps a mutation; `describe` gets its result and then its arguments. */
export type Publishing = <Args extends readonly unknown[], Result>(
  mutation: (...args: Args) => Promise<Result> | Result,
  describe: (result: Result, ...args: Args) => PublishedEvents | Promise<PublishedEvents>,
) => (...args: Args) => Promise<Result>;

/**
 * Makes the wrapper. Events are told one after the other; one that fails keeps none of the others back.
 *
 * Errors  those of the mutation alone; what `describe` and telling throw goes to `onError`
 */
export function createPublishing(options: {
  readonly tell: (event: PublishedEvent) => Promise<unknown>;
  readonly onError: (error: unknown) => void;
}): Publishing {
  const { tell, onError } = options;
  return (mutation, describe) =>
    async (...args) => {
      const result = await mutation(...args);
      try {
        const events = (await describe(result, ...args)) ?? [];
        for (const event of Array.isArray(events) ? (events as readonly PublishedEvent[]) : [events as PublishedEvent])
          await tell(event).catch(onError);
      } catch (error) {
        onError(error);
      }
      return result;
    };
}
