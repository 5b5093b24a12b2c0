import type { RealtimeSyncService, SyncOptions, SyncResult } from './createRealtimeSyncService.ts';

/** Saves records of one resource: an object with `id` is saved, one without is created, of an array each. */
export interface SyncRecords {
  (data: readonly object[], options?: SyncOptions): Promise<readonly SyncResult[]>;
  (data: object, options?: SyncOptions): Promise<SyncResult>;
}

/**
 * Makes the save of one resource, `/api/team` for instance.
 *
 * Errors  of an array: rejects with the first refusal; the other records are saved all the same, and the queue shows each
 */
export function syncRecords(url: string, sync: RealtimeSyncService['sync']): SyncRecords {
  const one = (data: object, options?: SyncOptions): Promise<SyncResult> => {
    const id: unknown = (data as { id?: unknown }).id;
    if (typeof id !== 'string' && typeof id !== 'number') return sync(url, 'POST', data, options);
    return sync(`${url}/${encodeURIComponent(id)}`, 'PUT', data, options);
  };
  function save(data: readonly object[], options?: SyncOptions): Promise<readonly SyncResult[]>;
  function save(data: object, options?: SyncOptions): Promise<SyncResult>;
  function save(data: object | readonly object[], options?: SyncOptions): Promise<SyncResult | readonly SyncResult[]> {
    return Array.isArray(data) ? Promise.all(data.map((record: object) => one(record, options))) : one(data, options);
  }
  return save;
}
