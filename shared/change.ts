import type { JsonObject } from './json.ts';
import type { JsonPatchOperation } from './merge/index.ts';

/** Who made a change. `database` and `visitor` are changes that no session of the product made. */
export interface Actor {
  readonly id: string;
  readonly name: string;
  readonly kind: 'admin' | 'api' | 'webhook' | 'server' | 'database' | 'visitor';
}

/** What a change did to a record. */
export type Operation = 'created' | 'updated' | 'deleted';

/**
 * One accepted save, as a reader of one audience sees it.
 *
 * Shape   `record` is whole after the change (null when deleted), `before` whole before it (null when created);
 *         `patch` is RFC 6902 from `before` to `record` with add, remove and replace only. A `created` or `updated` with
 *         `record` null is of a resource that tells without fields (`live: 'notify'`): load it
 * Units   `at` ISO 8601 in UTC; `version` counts 1, 2, 3… per record; order changes of one record by (epoch of the cursor, version)
 */
export interface Change {
  readonly cursor: string;
  readonly seq: number;
  readonly at: string;
  readonly resource: string;
  readonly id: string;
  readonly operation: Operation;
  readonly version: number;
  readonly record: JsonObject | null;
  readonly before: JsonObject | null;
  readonly patch: readonly JsonPatchOperation[];
  readonly actor: Actor;
  /** Chosen by the client that saved, so that it knows its own echo; null when it sent none. */
  readonly mutationId: string | null;
  /** False when the save asked that the site is not told (`notify=none`); then only the panel's readers get it. */
  readonly notify: boolean;
  /** Only on a change that stands for several: everybody who made one of them, the last one last. */
  readonly actors?: readonly Actor[];
  /** Only on a change that stands for several: all their ids, so that each client knows its own echo. */
  readonly mutationIds?: readonly string[];
  /** Only when nothing but these counters moved: `version` is the one that the record has already. At most one a second for each record. */
  readonly counts?: Readonly<Record<string, number>>;
}
