import { LRUCache } from 'lru-cache';
import { toDeliveryRow, type DeliveryDetail, type DeliveryRow } from '../../log/deliveryLog.ts';

/** The newest row of every endpoint about a record, for the records that were told of or asked for last. */
export interface LatestRows {
  note(id: string, detail: Omit<DeliveryDetail, 'id'>): void;
  /** What was found in the files about a record: it is older than what was noted, and need not be looked for again. */
  learn(resource: string, recordId: string, rows: Iterable<DeliveryRow>): void;
  of(resource: string, recordId: string): Iterable<DeliveryRow>;
  /** True when what the files say is among the rows. */
  isLearned(resource: string, recordId: string): boolean;
}

interface Known {
  readonly rows: Map<string, DeliveryRow>;
  isLearned: boolean;
}

/** Rows that are held; the records of which nothing was told for longest go first. */
const maxRows = 20_000;

/** Creates an empty table of rows. */
export function createLatestRows(max = maxRows): LatestRows {
  const records = new LRUCache<string, Known>({ maxSize: max });

  function take(key: string): Known {
    const known = records.get(key) ?? { rows: new Map<string, DeliveryRow>(), isLearned: false };
    records.delete(key);
    return known;
  }

  // The cache takes a new size for a new value only.
  const put = (key: string, known: Known): void => void records.set(key, known, { size: Math.max(1, known.rows.size) });

  return {
    note(id, detail) {
      const { resource, recordId, endpoint } = detail;
      if (resource === null || recordId === null) return;
      const key = `${resource}/${recordId}`;
      const known = take(key);
      // Beyond the bound a record would go as a whole: it keeps the endpoints that it has.
      if (known.rows.size < max || known.rows.has(endpoint)) known.rows.set(endpoint, toDeliveryRow({ id, ...detail }));
      put(key, known);
    },
    learn(resource, recordId, rows) {
      const key = `${resource}/${recordId}`;
      const known = take(key);
      for (const row of rows) {
        if (known.rows.size < max && !known.rows.has(row.endpoint)) known.rows.set(row.endpoint, row);
      }
      known.isLearned = true;
      put(key, known);
    },
    of: (resource, recordId) => records.get(`${resource}/${recordId}`)?.rows.values() ?? [],
    isLearned: (resource, recordId) => records.get(`${resource}/${recordId}`)?.isLearned ?? false,
  };
}
