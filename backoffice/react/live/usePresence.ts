import { useCallback, useEffect, useRef, useState } from 'react';
import type { JsonObject } from '../../../shared/json.ts';
import type { PresenceMember } from '../../../shared/protocol/presence.ts';
import type { Presence, SyncProblem } from '../../client/index.ts';
import { useLatest } from '../useLatest.ts';
import { useProvidedConnection } from './ConnectionContext.ts';

/** What `usePresence` gives. */
export interface UsedPresence {
  /** Everybody who is there, this tab too, in the order of their coming: one for each tab. */
  readonly members: readonly PresenceMember[];
  /** This tab as the others see it; null until it is there. */
  readonly self: PresenceMember | null;
  /** Why this tab may not be there; null while it may. */
  readonly problem: SyncProblem | null;
  /** Says something else of oneself, until `state` changes; the function stays the same from render to render. */
  update(state: JsonObject): void;
}

/**
 * Enters a channel while the component is there, and says who else is.
 *
 * Shape   `state` may be written inline; null only looks. A channel of null leaves
 */
export function usePresence(channel: string | null, state: JsonObject | null = {}): UsedPresence {
  const { connection } = useProvidedConnection('usePresence');
  const [members, setMembers] = useState<readonly PresenceMember[]>(nobody);
  const [problem, setProblem] = useState<SyncProblem | null>(null);
  const [key, setKey] = useState<string | null>(null);
  const presence = useRef<Presence | null>(null);
  const text = JSON.stringify(state);
  const said = useRef(text);
  const latest = useLatest(state);
  const isLooking = state === null;

  useEffect(() => {
    if (connection === null || channel === null) return undefined;
    const entered = connection.enter(channel, latest.current);
    said.current = JSON.stringify(latest.current);
    presence.current = entered;
    setKey(entered.key);
    const show = (): void => {
      setMembers(entered.members());
      setProblem(entered.problem());
    };
    show();
    const stop = entered.subscribe(show);
    return () => {
      stop();
      entered.leave();
      presence.current = null;
      setMembers(nobody);
      setProblem(null);
    };
  }, [connection, channel, isLooking, latest]);

  useEffect(() => {
    if (text === said.current || latest.current === null) return;
    said.current = text;
    presence.current?.update(latest.current);
  }, [text, latest]);

  const update = useCallback((next: JsonObject) => presence.current?.update(next), []);
  return { members, self: members.find((member) => member.key === key) ?? null, problem, update };
}

const nobody: readonly PresenceMember[] = [];
