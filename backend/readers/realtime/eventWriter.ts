import type { Change } from '../../../shared/change.ts';
import { formatCursor } from '../../../shared/cursor.ts';
import type { JsonObject } from '../../../shared/json.ts';
import type { Audience } from '../../auth/permissions.ts';
import { recordBefore } from '../../log/advance.ts';
import type { ChangeEntry } from '../../log/entry.ts';
import { projectEntry } from '../../log/projectEntry.ts';
import { withoutFields } from '../../log/withoutFields.ts';
import { followedResource, projectCounts } from './projectCounts.ts';
import type { RealtimeParts } from './realtimeParts.ts';
import { writeEvent, type WrittenEvent } from './writtenEvent.ts';

/** A change as an audience sees it, with what it saw before also where the change does not say it: filters look at it. */
export interface WrittenChange {
  /** What is told: without fields where the resource is `notify` only. */
  readonly written: WrittenEvent;
  readonly isWithoutFields: boolean;
  readonly change: Change;
  readonly seenBefore: JsonObject | null;
}

/** Turns log entries into what an audience is told. */
export interface EventWriter {
  /** Null when the audience is not told. `first` begins the counts that `entry` is the last of. */
  write(entry: ChangeEntry, audience: Audience, first?: ChangeEntry): Promise<WrittenChange | null>;
}

/**
 * Writes an event once per audience, however many listen: entries are shared by all readers of the log's tail, and so is this.
 */
export function createEventWriter(parts: RealtimeParts): EventWriter {
  const known = new WeakMap<ChangeEntry, Map<string, Promise<WrittenChange | null>>>();
  return {
    write(entry, audience, first = entry) {
      // What was folded for one reader is nobody else's.
      if (first !== entry) return make(parts, entry, audience, first);
      const made = known.get(entry);
      const hit = made?.get(audience.key);
      if (hit !== undefined) return hit;
      const written = make(parts, entry, audience, entry);
      if (made) made.set(audience.key, written);
      else known.set(entry, new Map([[audience.key, written]]));
      // What failed is asked again by the next reader: kept, it would be in the way of all of them for ever.
      written.catch(() => known.get(entry)?.delete(audience.key));
      return written;
    },
  };
}

async function make(
  parts: RealtimeParts,
  entry: ChangeEntry,
  audience: Audience,
  first: ChangeEntry,
): Promise<WrittenChange | null> {
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
  const cursor = formatCursor({ epoch: parts.log.epoch, seq: entry.seq });
  const hasLeft = change.record === null && change.before === null;
  const seenBefore = hasLeft
    ? view(followsPublished ? (entry.publishedBefore ?? recordBefore(entry)) : recordBefore(entry))
    : change.before;
  const isWithoutFields = resource.live === 'notify';
  const told = isWithoutFields ? withoutFields(change) : change;
  return { written: writeEvent({ type: 'change', cursor, change: told }), isWithoutFields, change, seenBefore };
}
