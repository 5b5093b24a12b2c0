import { SyncError } from '../../../shared/problem.ts';
import { parseCursor } from '../../../shared/cursor.ts';
import { parseFilter, type Filter } from '../../../shared/protocol/filter.ts';
import type { ChangeEvent, ResetEvent } from '../../../shared/protocol/events.ts';
import { checkOptions } from '../checkOptions.ts';
import type { Clock } from '../clock.ts';
import type { SyncProblem } from '../SyncRequestError.ts';
import { applyFilters } from './applyFilters.ts';
import type { ConnectionStatus } from './connectionStatus.ts';
import { createThrottle } from './createThrottle.ts';
import type { Member, Members } from './createMembers.ts';

/** What is followed. */
export interface FollowWants {
  readonly resources: readonly string[];
  /** Such as `organization_id=eq.org-1`, or `goals:organization_id=eq.org-1` for one resource. All have to hold. */
  readonly filters?: readonly string[];
  /** The cursor to go on from, such as `X-Sync-Cursor` of what was loaded. Default: from now. */
  readonly since?: string;
  /** Changes of one record within a second / this are told as one, with the last state. Default: as they come. */
  readonly eventsPerSecond?: number;
}

/** Options of `follow`; an unknown one throws `OPTION_UNKNOWN`. */
export interface FollowOptions extends FollowWants {
  /** Each change once and in order; a reset says that something was missed, or that somebody asked: load again. */
  readonly onEvent: (event: ChangeEvent | ResetEvent) => void;
  /** Called when the status changes; `closed` with a problem when the server refuses what is followed. */
  readonly onStatus?: (status: ConnectionStatus) => void;
}

/** Something that is followed. */
export interface Follower {
  /** Follows something else, from where it is unless `since` says otherwise. */
  update(wants: FollowWants): void;
  close(): void;
}

/**
 * Follows changes as a member of a connection.
 *
 * Errors  OPTION_UNKNOWN, OPTION_INVALID for a filter or cursor that cannot be read
 */
export function createFollower(
  options: FollowOptions,
  on: {
    readonly members: Members;
    readonly clock: Clock;
    readonly onChanged: () => void;
    readonly onRefused: (problem: SyncProblem) => void;
    readonly explain: (sentence: () => string) => void;
  },
): Follower {
  checkOptions(options, ['resources', 'filters', 'since', 'eventsPerSecond', 'onEvent', 'onStatus']);
  const { members, clock, explain } = on;
  let stopReset = () => {};

  const join = (wants: FollowWants, position: string | null): Member & { stop(): void } => {
    const filters = readFilters(wants);
    const { eventsPerSecond = null } = wants;
    if (eventsPerSecond !== null && !(eventsPerSecond > 0))
      throw new SyncError('OPTION_INVALID', `"eventsPerSecond" has to be a number above 0; ${eventsPerSecond} came.`);
    if (wants.since !== undefined && parseCursor(wants.since) === null)
      throw new SyncError('OPTION_INVALID', `"since" has to be a cursor; "${wants.since.slice(0, 100)}" came.`);
    const throttle =
      eventsPerSecond === null
        ? null
        : createThrottle({ eventsPerSecond, clock, tell: (event) => options.onEvent(event) });

    const takeReset = (event: ResetEvent): void => {
      stopReset();
      const tell = (): void => {
        throttle?.clear();
        // Changes went on while it waited: everything is loaded, so it goes on from where it is now.
        options.onEvent({ ...event, cursor: member.position ?? event.cursor });
      };
      if (event.jitterMs) stopReset = clock.after(clock.random() * event.jitterMs, tell);
      else tell();
    };
    const member: Member & { stop(): void } = {
      wants: { resources: wants.resources, filters, messages: false, channels: [], eventsPerSecond },
      position: wants.since ?? position,
      isOpen: true,
      standing: 'new',
      onRefused: on.onRefused,
      take(event) {
        if (event.type === 'reset') return takeReset(event);
        if (event.type !== 'change') return;
        const seen = applyFilters(filters, event.change);
        if (seen === null) {
          const { resource, id } = event.change;
          return explain(
            () => `The change of ${resource} ${id} is outside the filters ${(wants.filters ?? []).join(', ')}.`,
          );
        }
        const told = seen === event.change ? event : { ...event, change: seen };
        if (throttle) throttle.take(told);
        else options.onEvent(told);
      },
      stop() {
        throttle?.clear();
        members.remove(member);
      },
    };
    members.add(member);
    on.onChanged();
    return member;
  };

  let member = join(options, members.place);
  return {
    update(wants) {
      if (!member.isOpen) return;
      // Another member at the same place: what still comes for the old wishes must not move the new ones.
      const old = member;
      member = join(wants, old.position);
      old.stop();
      on.onChanged();
    },
    close() {
      stopReset();
      member.stop();
      on.onChanged();
    },
  };
}

function readFilters({ filters = [], resources }: FollowWants): readonly Filter[] {
  return filters.map((text) => {
    const parsed = parseFilter(text);
    if ('fault' in parsed) throw new SyncError('OPTION_INVALID', parsed.fault);
    const { resource } = parsed.filter;
    if (resource !== null && !resources.includes(resource))
      throw new SyncError('OPTION_INVALID', `The filter "${text}" is for a resource that is not followed.`);
    return parsed.filter;
  });
}
