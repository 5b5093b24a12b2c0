import type { Change } from '../../../shared/change.ts';
import type { JsonObject } from '../../../shared/json.ts';

/** What a payload says in every case. */
interface PayloadBase {
  readonly table: string;
  /** ISO 8601 in UTC. */
  readonly commit_timestamp: string;
  /** The change itself, with its version, its author and its place. */
  readonly change: Change;
}

/** A record that came. `old` is empty. */
export interface InsertPayload<Row> extends PayloadBase {
  readonly eventType: 'INSERT';
  readonly new: Row;
  readonly old: Partial<Row>;
}

/** A record that changed. `old` is empty where it is not told. */
export interface UpdatePayload<Row> extends PayloadBase {
  readonly eventType: 'UPDATE';
  readonly new: Row;
  readonly old: Partial<Row>;
}

/** A record that went, or left the filter. `new` is empty; `old` has at least the id. */
export interface DeletePayload<Row> extends PayloadBase {
  readonly eventType: 'DELETE';
  readonly new: Partial<Row>;
  readonly old: Partial<Row>;
}

/** A change in the form of Supabase's `postgres_changes`. */
export type RealtimePayload<Row = JsonObject> = InsertPayload<Row> | UpdatePayload<Row> | DeletePayload<Row>;

/** Writes a change as a payload. The row is what the server sent; its type is the caller's word. */
export function toRealtimePayload<Row>(change: Change): RealtimePayload<Row> {
  const base = { table: change.resource, commit_timestamp: change.at, change };
  // Of a resource that tells without fields only the id is known.
  const row = (change.record ?? { id: change.id }) as Row;
  const old = (change.before ?? {}) as Partial<Row>;
  switch (change.operation) {
    case 'created':
      return { ...base, eventType: 'INSERT', new: row, old: {} };
    case 'updated':
      return { ...base, eventType: 'UPDATE', new: row, old };
    case 'deleted':
      return { ...base, eventType: 'DELETE', new: {}, old: { id: change.id, ...old } as Partial<Row> };
  }
}
