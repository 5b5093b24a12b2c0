import type { Change } from '../../../shared/change.ts';
import { formatCursor } from '../../../shared/cursor.ts';
import type { JsonObject } from '../../../shared/json.ts';
import type { Audience } from '../../auth/permissions.ts';
import { recordBefore } from '../../log/advance.ts';
import type { ChangeEntry } from '../../log/entry.ts';
import { projectEntry } from '../../log/projectEntry.ts';
import { withoutFields } from '../../log/withoutFields.ts';
import { entryCharacters } from './entryCharacters.ts';
import { createBriefMemory, type BriefMemory } from './keepBriefly.ts';
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

/** Bytes of what is kept for readers who come after the first one. */
const maxBytes = 16_777_216;
/** About what an audience costs that is told nothing of an entry, and what it costs to be told, beside the record. */
const bytesOf = { nothing: 256, change: 1_024 } as const;

/** What entries are for those who share them. */
type Written = Map<string, Promise<WrittenChange | null>>;
/** The whole record before an entry. */
type ReadBefore = (entry: ChangeEntry) => JsonObject | null;

/**
 * Writes an event once per audience, however many listen: entries are shared by all readers of the log's tail, and so is this.
 *
 * Invariant  it is kept for moments, and at most `maxBytes` of it: where everybody is an audience of his own, all that was
 *            ever told to somebody would stay with the tail of the log, users times entries
 */
export function createEventWriter(parts: RealtimeParts): EventWriter {
  const known = new WeakMap<ChangeEntry, Written>();
  const memory = createBriefMemory({ maxBytes });
  const readBefore = createReadBefore(memory);

  function forget(entry: ChangeEntry, made: Written, key: string): void {
    made.delete(key);
    if (made.size === 0 && known.get(entry) === made) known.delete(entry);
  }

  return {
    write(entry, audience, first = entry) {
      // What was folded for one reader is nobody else's.
      if (first !== entry) return make(parts, readBefore, entry, audience, first);
      const made: Written = known.get(entry) ?? new Map();
      const hit = made.get(audience.key);
      if (hit !== undefined) return hit;
      const written = make(parts, readBefore, entry, audience, entry);
      made.set(audience.key, written);
      known.set(entry, made);
      const end = (): void => forget(entry, made, audience.key);
      written.then(
        (change) => memory.keep(end, change ? bytesOf.change + entryCharacters(entry) * 2 : bytesOf.nothing),
        // What failed is asked again by the next reader: kept, it would be in the way of all of them for ever.
        end,
      );
      return written;
    },
  };
}

/** Where a patch leads back, the record before is a copy: audiences share one. */
function createReadBefore(memory: BriefMemory): ReadBefore {
  const known = new WeakMap<ChangeEntry, JsonObject | null>();
  return (entry) => {
    if (entry.undo === null) return recordBefore(entry);
    const hit = known.get(entry);
    if (hit !== undefined) return hit;
    const before = recordBefore(entry);
    known.set(entry, before);
    memory.keep(() => known.delete(entry), entryCharacters(entry) * 2);
    return before;
  };
}

async function make(
  parts: RealtimeParts,
  readBefore: ReadBefore,
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
    change = projectEntry(parts.log.epoch, entry, { view: counted, followsPublished, readBefore });
  } else {
    const stored = await counters.load(resource, entry.id);
    change = stored && projectCounts(parts.log.epoch, entry, { first, resource, stored, view, followsPublished });
  }
  if (!change) return null;
  const cursor = formatCursor({ epoch: parts.log.epoch, seq: entry.seq });
  const hasLeft = change.record === null && change.before === null;
  const seenBefore = hasLeft
    ? view(followsPublished ? (entry.publishedBefore ?? readBefore(entry)) : readBefore(entry))
    : change.before;
  const isWithoutFields = resource.live === 'notify';
  const told = isWithoutFields ? withoutFields(change) : change;
  return { written: writeEvent({ type: 'change', cursor, change: told }), isWithoutFields, change, seenBefore };
}
