import type { Change } from '../../../shared/change.ts';
import { formatCursor } from '../../../shared/cursor.ts';
import type { JsonObject } from '../../../shared/json.ts';
import type { SyncEvent } from '../../../shared/protocol/events.ts';
import type { Audience } from '../../auth/permissions.ts';
import type { ChangeEntry } from '../../log/entry.ts';
import { projectEntry } from '../../log/projectEntry.ts';
import { followedResource, projectCounts } from './projectCounts.ts';
import type { RealtimeParts } from './subscription.ts';

/** An event, and its JSON made once. */
export interface WrittenEvent {
  readonly event: SyncEvent;
  readonly json: string;
}

/** Turns log entries into what an audience is told. */
export interface EventWriter {
  /** Null when the audience is not told. `first` begins the counts that `entry` is the last of. */
  write(entry: ChangeEntry, audience: Audience, first?: ChangeEntry): Promise<WrittenEvent | null>;
}

/**
 * Writes an event once per audience, however many listen: entries are shared by all readers of the log's tail, and so is this.
 */
export function createEventWriter(parts: RealtimeParts): EventWriter {
  const written = new WeakMap<ChangeEntry, Map<string, Promise<WrittenEvent | null>>>();
  return {
    write(entry, audience, first = entry) {
      // What was folded for one stream is nobody else's.
      if (first !== entry) return make(parts, entry, audience, first);
      const known = written.get(entry);
      const hit = known?.get(audience.key);
      if (hit !== undefined) return hit;
      const made = make(parts, entry, audience, entry);
      if (known) known.set(audience.key, made);
      else written.set(entry, new Map([[audience.key, made]]));
      return made;
    },
  };
}

async function make(
  parts: RealtimeParts,
  entry: ChangeEntry,
  audience: Audience,
  first: ChangeEntry,
): Promise<WrittenEvent | null> {
  const { permissions, counters } = parts;
  const resource = parts.resources.get(followedResource(entry));
  if (!resource) return null;
  const followsPublished = permissions.followsPublished(audience);
  const view = (record: JsonObject | null) => permissions.view(audience, resource, record);
  let change: Change | null;
  if (resource.name === entry.resource) {
    // A record is told whole, with its counters, which the entry does not know.
    const complete = await counters.completer(resource, entry.id);
    const counted = (record: JsonObject | null) => view(record && complete(record));
    change = projectEntry(parts.log.epoch, entry, { view: counted, followsPublished });
  } else {
    const stored = await counters.load(resource, entry.id);
    change = stored && projectCounts(parts.log.epoch, entry, { first, resource, stored, view, followsPublished });
  }
  if (!change) return null;
  const event: SyncEvent = { type: 'change', cursor: formatCursor({ epoch: parts.log.epoch, seq: entry.seq }), change };
  return { event, json: JSON.stringify(event) };
}
