import { LRUCache } from 'lru-cache';
import { toDeliveryRow, type DeliveryDetail, type DeliveryRow } from '../../log/deliveryLog.ts';

/** The newest row of every endpoint about a record, of those that were made since the start. */
export interface LatestRows {
  note(id: string, detail: Omit<DeliveryDetail, 'id'>): void;
  of(resource: string, recordId: string): Iterable<DeliveryRow>;
}

/** Rows that are held; the records of which nothing was told for longest go first. */
const maxRows = 20_000;

/** Creates an empty table of rows. */
export function createLatestRows(max = maxRows): LatestRows {
  const records = new LRUCache<string, Map<string, DeliveryRow>>({ maxSize: max });
  return {
    note(id, detail) {
      const { resource, recordId, endpoint } = detail;
      if (resource === null || recordId === null) return;
      const key = `${resource}/${recordId}`;
      const rows = records.get(key) ?? new Map<string, DeliveryRow>();
      // Beyond the bound a record would go as a whole: it keeps the endpoints that it has.
      if (rows.size >= max && !rows.has(endpoint)) return;
      rows.set(endpoint, toDeliveryRow({ id, ...detail }));
      // The cache takes a new size for a new value only.
      records.delete(key);
      records.set(key, rows, { size: rows.size });
    },
    of: (resource, recordId) => records.get(`${resource}/${recordId}`)?.values() ?? [],
  };
}
