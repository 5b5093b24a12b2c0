import { describeProblem, realtimeSyncService, SyncRequestError } from 'backoffice-sync/client';
import { usePageLanguage } from './PageLanguage.tsx';
import { useShowToast } from './Toasts.tsx';

/** Says why a save of this page was refused, and gives the fields that the server does not accept. */
export type TellFault = (error: Error, name: string) => readonly string[];

/**
 * Tells a refused save as a toast.
 *
 * The forms of this page keep what was typed, so the queue lets go of its copy; only a conflict stays there, where it can be decided.
 */
export function useSaveFault(): TellFault {
  const { language, words } = usePageLanguage();
  const show = useShowToast();
  return (error, name) => {
    if (!(error instanceof SyncRequestError)) {
      show(words.goals.saveFailed(name, error.message), true);
      return [];
    }
    // Given up on purpose, in the indicator.
    if (error.problem.code === 'DISCARDED') return [];
    if (error.conflicts.length > 0 || error.current !== undefined) {
      show(words.goals.conflict(name), true);
      return [];
    }
    show(words.goals.saveFailed(name, describeProblem(error.problem, language)), true);
    if (error.entryId !== null) realtimeSyncService.discard(error.entryId);
    return (error.problem.errors ?? []).map(({ path }) => path.split('/')[1] ?? '');
  };
}
