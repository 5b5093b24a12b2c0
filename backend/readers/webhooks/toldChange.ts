import type { Change, Operation } from '../../../shared/change.ts';
import { jsonEquals } from '../../../shared/merge/index.ts';
import type { Core } from '../../core.ts';
import type { ChangeEntry } from '../../log/entry.ts';
import { projectEntry } from '../../log/projectEntry.ts';
import { visitorView } from '../../records/visitorView.ts';
import type { EndpointFilter } from './webhooksResource.ts';

/** A change as far as it decides who is told: worked out once, for all endpoints. */
export interface ToldChange {
  readonly resource: string;
  readonly id: string;
  readonly version: number;
  readonly operation: Operation;
  /** The top-level fields that a visitor sees changed; worked out when somebody asks. */
  fields(): ReadonlySet<string>;
}

/** What endpoints may be told of an entry; null when visitors see nothing of it. */
export function toToldChange(core: Core, entry: ChangeEntry): ToldChange | null {
  const view = visitorView(core, entry.resource);
  const change = view && projectEntry(core.store.log.epoch, entry, view);
  if (!change) return null;
  const { resource, id, version, operation } = change;
  let fields: ReadonlySet<string> | null = null;
  return { resource, id, version, operation, fields: () => (fields ??= changedFields(change)) };
}

/** True when an endpoint with this filter is told of a change. */
export function isWanted({ resources, events, fields }: EndpointFilter, change: ToldChange): boolean {
  return (
    (resources === null || resources.includes(change.resource)) &&
    (events === null || events.includes(change.operation)) &&
    (fields === null || fields.some((field) => change.fields().has(field)))
  );
}

function changedFields({ before, record }: Change): ReadonlySet<string> {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(record ?? {})]);
  for (const name of names) {
    const [old, value] = [before?.[name], record?.[name]];
    if (old !== undefined && value !== undefined && jsonEquals(old, value)) names.delete(name);
  }
  return names;
}
