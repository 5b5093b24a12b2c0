import type { Core } from './core.ts';

/**
 * Ready means that a save would work: the store answers for its state, and took the last write.
 *
 * After a refused write the question itself writes: where it keeps all saves away, no other write would ever say that there is space again.
 */
export async function canReach(core: Core): Promise<boolean> {
  try {
    if (core.store.isWritable?.() === false) await core.store.state.put('ready', 'probe', Date.now());
    else await core.store.state.get('ready', 'probe');
    return true;
  } catch (error) {
    core.logger.warn({ err: error }, 'not ready: the store does not answer');
    return false;
  }
}
