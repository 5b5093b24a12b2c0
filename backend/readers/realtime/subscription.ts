import type { Request } from 'express';
import { parseCursor, type LogPosition } from '../../../shared/cursor.ts';
import { SyncError } from '../../../shared/problem.ts';
import type { Permissions } from '../../auth/permissions.ts';
import type { ChangeLog } from '../../log/changeLog.ts';
import type { Counters } from '../../records/counters/createCounters.ts';
import type { Resource } from '../../records/defineResource.ts';
import { contextOf } from '../../requestContext.ts';

/** What the realtime routes need of an installation. */
export interface RealtimeParts {
  readonly log: ChangeLog;
  readonly counters: Counters;
  readonly permissions: Permissions;
  readonly resources: ReadonlyMap<string, Resource>;
}

/**
 * The resources that a request follows: those it names, or all that it may read.
 *
 * Errors  BAD_PARAMETER for an unknown name, LOGIN_REQUIRED or FORBIDDEN for one that it may not read: silence would look like "no changes"
 */
export function wantedResources(parts: RealtimeParts, request: Request): ReadonlySet<string> {
  const { user } = contextOf(request).identity;
  if (request.query['filter'] !== undefined) {
    throw new SyncError(
      'BAD_PARAMETER',
      '"filter" is not understood here yet; subscribe to resources and filter what comes.',
    );
  }
  const wanted = request.query['resources'];
  const readable = [...parts.resources.values()].filter((resource) =>
    parts.permissions.can(user, 'read', resource, null),
  );
  if (wanted === undefined || wanted === '') return new Set(readable.map((resource) => resource.name));
  if (typeof wanted !== 'string')
    throw new SyncError('BAD_PARAMETER', '"resources" has to be one text, such as resources=settings,team.');
  const names = wanted
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  for (const name of names) {
    if (!parts.resources.has(name)) {
      throw new SyncError(
        'BAD_PARAMETER',
        `There is no resource "${name.slice(0, 100)}". Known: ${readable.map((resource) => resource.name).join(', ')}.`,
      );
    }
    if (readable.some((resource) => resource.name === name)) continue;
    if (user === null) throw new SyncError('LOGIN_REQUIRED', `Sign in to follow "${name}".`);
    throw new SyncError('FORBIDDEN', `${user.name} may not follow "${name}".`);
  }
  return new Set(names);
}

/** Where a reader goes on: what was given, or the end of the log. `given` is false when it named no place. */
export interface StartPosition {
  readonly position: LogPosition;
  readonly given: boolean;
}

/**
 * Reads the place from which to go on. `Last-Event-ID` wins: after a reconnect the address still has the old `since`.
 *
 * Errors  BAD_PARAMETER for a text that is no cursor
 */
export function startPosition(log: ChangeLog, request: Request): StartPosition {
  const since = request.query['since'];
  const text = request.get('last-event-id') ?? (typeof since === 'string' && since !== '' ? since : undefined);
  if (text === undefined) return { position: { epoch: log.epoch, seq: log.head() }, given: false };
  const position = parseCursor(text);
  if (!position)
    throw new SyncError(
      'BAD_PARAMETER',
      '"since" has to be a cursor as an answer gave it (X-Sync-Cursor, or the id of an event).',
    );
  return { position, given: true };
}
