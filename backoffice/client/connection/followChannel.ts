import type { SyncProblem } from '../SyncRequestError.ts';
import type { Member, Members } from './createMembers.ts';

/** Follows who is in a channel, as a member that wants nothing else; returns how to stop. */
export function followChannel(
  channel: string,
  on: {
    readonly members: Members;
    readonly onChanged: () => void;
    readonly onRefused: (problem: SyncProblem) => void;
  },
): () => void {
  const member: Member = {
    wants: { resources: [], filters: [], messages: false, channels: [channel], eventsPerSecond: null },
    position: on.members.place,
    isOpen: true,
    standing: 'new',
    onRefused: on.onRefused,
    // Changes and messages are for other members.
    take: () => undefined,
  };
  on.members.add(member);
  on.onChanged();
  return () => {
    on.members.remove(member);
    on.onChanged();
  };
}
