/** Saving an open form: one save at a time, and what is typed stays whatever the answer is. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import { parsePointer } from '../../../shared/merge/pointer.ts';
import type { FieldDescription } from '../../../shared/resource.ts';
import type { Conflict } from '../../../shared/receipt.ts';
import type { SyncResult } from '../../client/index.ts';
import { SyncRequestError, type SyncProblem } from '../../client/SyncRequestError.ts';
import { decideConflicts, type ConflictDecision } from '../conflict/decideConflicts.ts';
import { usePanelServices } from '../data/usePanelServices.ts';
import { mergedMarks } from '../form/mergedMarks.ts';
import type { SavePayload } from '../form/savePayload.ts';
import type { RecordForm } from '../form/useRecordForm.ts';
import { useShowFaults } from '../form/useShowFaults.ts';

/**
 * How the last save of this form ended.
 *
 *   idle ──► saving ──► idle        (saved)
 *                  ├──► invalid     the fields say what is wrong
 *                  ├──► conflict    a person decides
 *                  ├──► gone        somebody deleted the record
 *                  └──► failed      with the problem
 *
 * While nobody is signed in it stays `saving`: the queue keeps it, and sends it after that.
 */
export type SavePhase =
  | { readonly is: 'idle' | 'saving' }
  | { readonly is: 'invalid'; readonly problem?: SyncProblem }
  /** `current` is the record that the refused save was compared with. */
  | {
      readonly is: 'conflict';
      readonly conflicts: readonly Conflict[];
      readonly current: JsonObject;
      readonly isQuiet: boolean;
    }
  | { readonly is: 'gone' }
  | { readonly is: 'failed'; readonly problem: SyncProblem };

/** A save of what is dirty, or of the whole of a record that was deleted. */
export type SaveWay = 'save' | 'bringBack';

/** What `useSaveRecord` gives. */
export interface SaveRecord {
  readonly phase: SavePhase;
  /** The time of the last save of this form, in milliseconds. */
  readonly savedAt: number | null;
  /** Saves what is dirty; resolves to whether everything is stored. Quietly: what it has to ask or to refuse takes no focus away. */
  readonly save: (isQuiet?: boolean) => Promise<boolean>;
  /** Ends the conflicts as they are now, by at most one save; each needs a decision. */
  readonly decide: (
    conflicts: readonly Conflict[],
    how: ReadonlyMap<string, ConflictDecision>,
    way?: SaveWay,
  ) => Promise<boolean>;
  /** Creates a deleted record again with what the form holds. */
  readonly bringBack: () => Promise<boolean>;
  /** Whether the last save was a quiet one. */
  readonly isQuiet: () => boolean;
  readonly forget: () => void;
}

/** Saves a form through the queue; `send` makes the request out of the fields that were touched. */
export function useSaveRecord(options: {
  readonly recordForm: RecordForm;
  readonly fields: readonly FieldDescription[];
  readonly send: (payload: SavePayload) => Promise<SyncResult>;
  /** Creates a deleted record again. Default: it cannot be done, and bringing back saves as ever. */
  readonly revive?: (() => Promise<SyncResult>) | undefined;
  readonly onSaved: (record: JsonObject) => void;
  /** Called with what the form held when a save was made of it, and with null once no save is on its way. */
  readonly onItsWay?: ((values: JsonObject | null) => void) | undefined;
  /** Called when a save was refused, or withdrawn before it was sent. */
  readonly onRefused?: ((problem: SyncProblem) => void) | undefined;
  /** A new record sends all its fields, an old one those that were touched. */
  readonly checks: 'all' | 'dirty';
  /** When the screen before this one saved the record, in milliseconds. */
  readonly savedBefore?: number | null;
}): SaveRecord {
  const { recordForm, fields, send, revive, onSaved, onItsWay, onRefused, checks, savedBefore = null } = options;
  const { bases, values } = recordForm;
  const { saves } = usePanelServices();
  const { t } = useTranslation();
  const { showFaults, showErrors } = useShowFaults(recordForm);
  const [phase, setPhase] = useState<SavePhase>({ is: 'idle' });
  const [savedAt, setSavedAt] = useState<number | null>(savedBefore);
  const running = useRef<Promise<boolean> | null>(null);
  const again = useRef(false);
  const quiet = useRef(false);
  /** What stood before both changes, of conflicts that are decided but not stored yet. */
  const originals = useRef(new Map<string, JsonValue | undefined>());

  const isShown = useRef(true);
  useEffect(() => {
    isShown.current = true;
    return () => {
      isShown.current = false;
    };
  }, []);

  const refuse = useCallback(
    async (error: unknown): Promise<void> => {
      bases.refused();
      onItsWay?.(null);
      if (!(error instanceof SyncRequestError)) throw error;
      const { problem, conflicts, current } = error;
      // Another tab goes on with it, and what it stores is heard of here.
      if (problem.code === 'MOVED') return setPhase({ is: 'idle' });
      // The form holds what was typed, so the queue need not: the next save is made from the form. Of a screen that was left only
      // the queue holds it.
      if (error.entryId !== null && isShown.current) (await saves.open()).discard(error.entryId);
      onRefused?.(problem);
      if (problem.code === 'DISCARDED') setPhase({ is: 'idle' });
      else if (problem.code === 'RECORD_DELETED' || problem.status === 404) setPhase({ is: 'gone' });
      else if (conflicts.length > 0) {
        if (current) recordForm.receive(current);
        setPhase({
          is: 'conflict',
          conflicts: conflicts.map((conflict) => withOriginal(conflict, originals.current, bases.dirty())),
          current: current ?? bases.stored(),
          isQuiet: quiet.current,
        });
      } else if (problem.errors !== undefined && problem.errors.length > 0) {
        showErrors(problem.errors, fields, quiet.current);
        setPhase({ is: 'invalid', problem });
      } else setPhase({ is: 'failed', problem });
    },
    [bases, fields, onItsWay, onRefused, recordForm, saves, showErrors],
  );

  const saveOnce = useCallback(
    async (way: SaveWay): Promise<boolean> => {
      if (way === 'save' && checks === 'dirty' && bases.dirty().size === 0) return true;
      const checked = checks === 'all' ? fields : fields.filter((field) => bases.dirty().has(field.name));
      if (!showFaults(checked, t)) {
        setPhase({ is: 'invalid' });
        return false;
      }
      setPhase({ is: 'saving' });
      try {
        onItsWay?.(structuredClone(values()));
        const payload = bases.send(values());
        const result = await (way === 'bringBack' && revive !== undefined ? revive() : send(payload));
        onItsWay?.(null);
        const stored = result.record ?? bases.stored();
        recordForm.answered(stored, mergedMarks(result.receipt));
        originals.current.clear();
        setPhase({ is: 'idle' });
        setSavedAt(Date.now());
        onSaved(stored);
        return true;
      } catch (error) {
        await refuse(error);
        return false;
      }
    },
    [bases, checks, fields, onItsWay, onSaved, recordForm, refuse, revive, send, showFaults, t, values],
  );

  const start = useCallback(
    (way: SaveWay): Promise<boolean> => {
      if (running.current !== null) {
        // Pressed again while a save is on its way: what was typed since goes along right after it.
        again.current = true;
        return running.current;
      }
      const run = async (): Promise<boolean> => {
        let isSaved = true;
        let next = way;
        do {
          again.current = false;
          isSaved = await saveOnce(next);
          next = 'save';
        } while (isSaved && again.current && bases.dirty().size > 0);
        return isSaved;
      };
      running.current = run().finally(() => {
        running.current = null;
      });
      return running.current;
    },
    [bases, saveOnce],
  );
  const save = useCallback(
    (isQuiet = false) => {
      quiet.current = isQuiet;
      return start('save');
    },
    [start],
  );
  const bringBack = useCallback(() => start('bringBack'), [start]);

  const decide = useCallback<SaveRecord['decide']>(
    async (conflicts, how, way = 'save') => {
      quiet.current = false;
      for (const { path, base } of conflicts) originals.current.set(path, base);
      decideConflicts(recordForm, fields, conflicts, how);
      setPhase({ is: 'idle' });
      return way === 'save' && bases.dirty().size === 0 ? true : start(way);
    },
    [bases, fields, recordForm, start],
  );
  const forget = useCallback(() => {
    originals.current.clear();
    setPhase({ is: 'idle' });
  }, []);

  const isQuiet = useCallback(() => quiet.current, []);

  return { phase, savedAt, save, decide, bringBack, forget, isQuiet };
}

/**
 * A decision that could not be stored is asked for again, and its base is by then what the colleague had saved. “The original”
 * of a person is still what stood there before both of them, as long as the field waits to be saved.
 */
function withOriginal(
  conflict: Conflict,
  originals: ReadonlyMap<string, JsonValue | undefined>,
  dirty: ReadonlySet<string>,
): Conflict {
  const { base: _base, ...rest } = conflict;
  if (!originals.has(conflict.path) || !dirty.has(parsePointer(conflict.path)?.[0] ?? '')) return conflict;
  const original = originals.get(conflict.path);
  return original === undefined ? rest : { ...rest, base: original };
}
