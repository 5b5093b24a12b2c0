/** Something that a person does on a screen, once at a time. */
import { useCallback, useRef, useState } from 'react';
import { SyncRequestError, type SyncProblem } from '../../client/SyncRequestError.ts';
import { usePanelServices } from '../data/usePanelServices.ts';

/** What `useAction` gives. */
export interface Action {
  /** Which one is being done; null while none is. */
  readonly running: string | null;
  /** Why the last one was refused; null while none was. */
  readonly problem: SyncProblem | null;
  /** Does it, and gives its result; undefined when it was refused, or while another is being done. */
  readonly run: <T>(name: string, work: () => Promise<T>) => Promise<T | undefined>;
}

/** A session that ended meanwhile is asked for, then it goes on; every other refusal is kept for the screen. */
export function useAction(): Action {
  const { signIn } = usePanelServices();
  const [running, setRunning] = useState<string | null>(null);
  const [problem, setProblem] = useState<SyncProblem | null>(null);
  const isRunning = useRef(false);
  const run = useCallback(
    async <T>(name: string, work: () => Promise<T>): Promise<T | undefined> => {
      if (isRunning.current) return undefined;
      isRunning.current = true;
      setRunning(name);
      setProblem(null);
      const attempt = async (): Promise<T> => {
        try {
          return await work();
        } catch (error) {
          if (!(error instanceof SyncRequestError) || error.problem.status !== 401) throw error;
          await signIn.wait();
          return attempt();
        }
      };
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof SyncRequestError)) throw error;
        setProblem(error.problem);
        return undefined;
      } finally {
        isRunning.current = false;
        setRunning(null);
      }
    },
    [signIn],
  );
  return { running, problem, run };
}
