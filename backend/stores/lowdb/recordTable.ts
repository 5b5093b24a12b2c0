import type { StoredRecord } from '../../log/advance.ts';

/** All records and tombstones in memory, by resource and id. */
export class RecordTable {
  readonly #resources = new Map<string, Map<string, StoredRecord>>();
  /** Ids in order, made when asked for and forgotten when an id is added. */
  readonly #sortedIds = new Map<string, readonly string[]>();

  get(resource: string, id: string): StoredRecord | null {
    return this.#resources.get(resource)?.get(id) ?? null;
  }

  set(stored: StoredRecord): void {
    let records = this.#resources.get(stored.resource);
    if (records === undefined) this.#resources.set(stored.resource, (records = new Map()));
    if (!records.has(stored.id)) this.#sortedIds.delete(stored.resource);
    records.set(stored.id, stored);
  }

  /** The records of a resource, tombstones too, ordered by id in code units. */
  list(resource: string): StoredRecord[] {
    const records = this.#resources.get(resource);
    if (records === undefined) return [];
    let ids = this.#sortedIds.get(resource);
    // The default order of `sort` is the one by code units.
    if (ids === undefined) this.#sortedIds.set(resource, (ids = [...records.keys()].sort()));
    return ids.map((id) => records.get(id) as StoredRecord);
  }

  /** How many records there are of each resource, without tombstones. */
  count(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const [resource, records] of this.#resources) {
      let count = 0;
      for (const { record } of records.values()) if (record !== null) count += 1;
      if (count > 0) counts.set(resource, count);
    }
    return counts;
  }

  /** Everything, ordered by resource and id. */
  listAll(): StoredRecord[] {
    return [...this.#resources.keys()].sort().flatMap((resource) => this.list(resource));
  }
}
