import type { Actor } from '../../shared/change.ts';
import type { User } from './permissions.ts';

/** The author that the log keeps for a user. */
export function actorOf(user: User | null): Actor {
  return user === null
    ? { id: '', name: 'visitor', kind: 'visitor' }
    : { id: user.id, name: user.name, kind: user.kind };
}

/** The server's own code as an author. */
export const serverActor: Actor = { id: 'server', name: 'server', kind: 'server' };
