import type { PendingSave } from '../pendingSave.ts';
import type { FinalAnswer } from '../runSave.ts';
import type { SaveAnswer } from '../sendSave.ts';
import type { SyncResult } from '../createRealtimeSyncService.ts';

/** What keeps the saves of a queue outside of the page; the queue tells it what it does. */
export interface SaveKeeper {
  /**
   * Asked before each try: resolves when the save is kept with the bytes that go out, and it is its turn among all tabs.
   *
   * Shape   false: it is no longer this page's, or an earlier one of its chain has to go first
   */
  admit(save: PendingSave): Promise<boolean>;
  /** True when the answer says that nobody is signed in: then the save waits for that, and is tried again. */
  detains(save: PendingSave, answer: SaveAnswer | FinalAnswer): boolean;
  /** Told of a stored save. False when it was typed in another tab. */
  saved(save: PendingSave, result: SyncResult): boolean;
  /** Told after each change of the queue: what changed is written. */
  changed(): void;
  /** Whether what is written survives the page. */
  isDurable(): boolean;
  /** Lets other tabs take over what is left. */
  close(): void;
}
