import type { ResetEvent } from '../../../shared/protocol/events.ts';
import type { SyncMessage } from '../../../shared/protocol/messages.ts';
import type { SyncProblem } from '../SyncRequestError.ts';
import type { Member, Members } from './createMembers.ts';

/** What a listener of messages wants. */
export interface MessageOptions {
  /** Only these types. Default: all. */
  readonly types?: readonly string[];
  /** Only messages of these rooms, which are followed as well. Default: those for the user, and of rooms that are followed. */
  readonly rooms?: readonly string[];
  /** Messages were missed for good, or everything was. */
  readonly onReset?: (event: ResetEvent) => void;
}

/** Listens to messages as a member of a connection; returns how to stop. */
export function listenToMessages(
  listener: (message: SyncMessage) => void,
  options: MessageOptions,
  on: { readonly members: Members; readonly onChanged: () => void; readonly onRefused: (problem: SyncProblem) => void },
): () => void {
  const { types, rooms } = options;
  const seen: string[] = [];
  const member: Member = {
    wants: { resources: [], filters: [], messages: true, channels: rooms ?? [], eventsPerSecond: null },
    position: on.members.place,
    isOpen: true,
    standing: 'new',
    onRefused: on.onRefused,
    take(event) {
      if (event.type === 'reset') return options.onReset?.(event);
      if (event.type !== 'message') return;
      const { message } = event;
      if (types && !types.includes(message.type)) return;
      if (rooms && (message.room === undefined || !rooms.includes(message.room))) return;
      // A message has one place; the id is a second lock, for a server that tells one at two places.
      if (seen.includes(message.id)) return;
      seen.push(message.id);
      if (seen.length > rememberedIds) seen.shift();
      listener(message);
    },
  };
  on.members.add(member);
  on.onChanged();
  return () => {
    on.members.remove(member);
    on.onChanged();
  };
}

const rememberedIds = 100;
