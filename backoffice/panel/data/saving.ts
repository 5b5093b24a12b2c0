/** What saves need, in one file of its own: it is fetched right after the first screen, before what is live. */
export { createRealtimeSyncService } from '../../client/createRealtimeSyncService.ts';
export { describeProblem } from '../../client/describeProblem.ts';
export { describeSyncState } from '../../client/describeSyncState.ts';
