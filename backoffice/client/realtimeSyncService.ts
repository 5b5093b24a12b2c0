import { createRealtimeSyncService, type RealtimeSyncService } from './createRealtimeSyncService.ts';

/** The save queue for a backend on the same origin. */
export const realtimeSyncService: RealtimeSyncService = createRealtimeSyncService();
