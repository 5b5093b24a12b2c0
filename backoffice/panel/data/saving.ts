import { loadUntilThere } from '../feedback/lazyPart.ts';

/** What saves need, in one file of its own: it is fetched right after the first screen, before what is live. */
export { createRealtimeSyncService } from '../../client/createRealtimeSyncService.ts';
export { describeSyncState } from '../../client/describeSyncState.ts';

/** Brings what keeps saves. */
export const loadKeeping = () => loadUntilThere(() => import('./keeping.ts'));
