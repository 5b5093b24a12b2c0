import { formatCursor } from '../../../shared/cursor.ts';
import type { SyncEvent } from '../../../shared/protocol/events.ts';
import type { Audience } from '../../auth/permissions.ts';
import type { ChangeEntry } from '../../log/entry.ts';
import { projectEntry } from '../../log/projectEntry.ts';
import type { RealtimeParts } from './subscription.ts';

/** Turns log entries into what an audience is told. */
export interface EventWriter {
  /** The event as JSON; null when the audience is not told. */
  write(entry: ChangeEntry, audience: Audience): { readonly event: SyncEvent; readonly json: string } | null;
}

/**
 * Writes an event once per audience, however many listen: entries are shared by all readers of the log's tail, and so is this.
 */
export function createEventWriter(parts: RealtimeParts): EventWriter {
  const written = new WeakMap<ChangeEntry, Map<string, { event: SyncEvent; json: string } | null>>();
  return {
    write(entry, audience) {
      const known = written.get(entry);
      const hit = known?.get(audience.key);
      if (hit !== undefined) return hit;
      const made = make(parts, entry, audience);
      if (known) known.set(audience.key, made);
      else written.set(entry, new Map([[audience.key, made]]));
      return made;
    },
  };
}

function make(parts: RealtimeParts, entry: ChangeEntry, audience: Audience): { event: SyncEvent; json: string } | null {
  const resource = parts.resources.get(entry.resource);
  if (!resource) return null;
  const change = projectEntry(parts.log.epoch, entry, {
    view: (record) => parts.permissions.view(audience, resource, record),
    followsPublished: parts.permissions.followsPublished(audience),
  });
  if (!change) return null;
  const event: SyncEvent = { type: 'change', cursor: formatCursor({ epoch: parts.log.epoch, seq: entry.seq }), change };
  return { event, json: JSON.stringify(event) };
}
