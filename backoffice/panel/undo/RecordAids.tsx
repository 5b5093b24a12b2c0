/** What an open record has beside its form: taking back what is stored, undo across the fields, saving by itself. */
import { useEffect, useRef } from 'react';
import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import { parsePointer } from '../../../shared/merge/pointer.ts';
import type { Conflict } from '../../../shared/receipt.ts';
import type { FieldDescription, ResourceDescription } from '../../../shared/resource.ts';
import type { SyncResult } from '../../client/index.ts';
import { useAutosave } from '../autosave/useAutosave.ts';
import { recordUrl } from '../data/recordUrl.ts';
import { usePanelServices } from '../data/usePanelServices.ts';
import type { SavePayload } from '../form/savePayload.ts';
import { setAtPointer } from '../form/setAtPointer.ts';
import { toFormValue } from '../form/toFormValue.ts';
import type { RecordForm } from '../form/useRecordForm.ts';
import type { SaveRecord } from '../record/useSaveRecord.ts';
import { labelList } from './labelList.ts';
import { offerUndo } from './offerUndo.ts';
import { openForms } from './openForms.ts';
import { useFormUndo } from './useFormUndo.ts';

/** A save of this form and its answer. */
export interface AnsweredSave {
  readonly payload: SavePayload;
  readonly result: SyncResult;
}

/** What `RecordAids` works on. */
export interface RecordAidsProps {
  readonly resource: ResourceDescription;
  readonly id: string;
  readonly fields: readonly FieldDescription[];
  readonly recordForm: RecordForm;
  readonly saving: Pick<SaveRecord, 'phase' | 'save' | 'isQuiet'>;
  /** The newest one; null before the first. */
  readonly answered: AnsweredSave | null;
}

/** Draws nothing but the sentence for a screen reader. */
export function RecordAids({ resource, id, fields, recordForm, saving, answered }: RecordAidsProps) {
  const services = usePanelServices();
  const { phase, save, isQuiet } = saving;
  const url = recordUrl(resource, id);
  const said = useFormUndo(recordForm, fields);
  const isHeld = phase.is === 'conflict' || phase.is === 'gone';
  useAutosave({ recordForm, fields, afterMs: resource.autosave?.afterMs ?? null, isHeld, save: () => void save(true) });

  const offered = useRef<AnsweredSave | null>(null);
  useEffect(() => {
    if (answered === null || offered.current === answered) return;
    offered.current = answered;
    const version = answered.result.record?.['version'];
    const what = labelList(fields, undoableFields(fields, answered));
    // What was saved by itself is taken back in the form, and saved by itself again: no toast for every pause.
    if (isQuiet() || what === '' || answered.result.outcome !== 'saved' || typeof version !== 'number') return;
    offerUndo({ services, resource, id, version, what, kind: 'saved' });
  }, [answered, fields, id, isQuiet, resource, services]);

  const latestSave = useRef(save);
  useEffect(() => {
    latestSave.current = save;
  }, [save]);
  useEffect(() => {
    const form = {
      takenBack: (record: JsonObject) => {
        const dirty = new Set(recordForm.bases.dirty());
        recordForm.receive(record);
        for (const name of dirty) recordForm.bases.rebase(name, record[name]);
      },
      settle: (conflicts: readonly Conflict[], current: JsonObject) => {
        recordForm.receive(current);
        for (const field of fields) {
          const own = conflicts.filter(({ path }) => parsePointer(path)?.[0] === field.name);
          // What is being typed in a field is somebody's newest wish, and not taken away by an older one.
          if (own.length === 0 || recordForm.bases.dirty().has(field.name)) continue;
          const side = (which: 'base' | 'mine') => sideOf(current, field.name, own, which);
          recordForm.set(field.name, toFormValue(field, side('mine')));
          recordForm.bases.rebase(field.name, side('base'));
        }
        void latestSave.current();
      },
    };
    openForms.set(url, form);
    return () => {
      if (openForms.get(url) === form) openForms.delete(url);
    };
  }, [fields, recordForm, url]);

  return (
    <span role="status" className="visually-hidden" data-undo="ready">
      {said}
    </span>
  );
}

/** The fields of a save that the server can take back: neither secrets, which its history does not have, nor lists that only grow. */
function undoableFields(fields: readonly FieldDescription[], { payload, result }: AnsweredSave): readonly string[] {
  const isFinal = new Set(
    fields.filter((field) => field.class === 'secret' || field.class === 'appendOnly').map(({ name }) => name),
  );
  const leftAlone = new Set(
    (result.receipt?.fields ?? [])
      .filter(({ status }) => status === 'kept' || status === 'unchanged')
      .map(({ path }) => parsePointer(path)?.[0] ?? ''),
  );
  const sent = [...Object.keys(payload.data), ...payload.unset.map((pointer) => parsePointer(pointer)?.[0] ?? '')];
  const applied = new Set(
    (result.receipt?.fields ?? [])
      .filter(({ status }) => status === 'applied' || status === 'overwrote')
      .map(({ path }) => parsePointer(path)?.[0] ?? ''),
  );
  return sent.filter((name) => !isFinal.has(name) && (applied.has(name) || !leftAlone.has(name)));
}

/** The stored field with one side of its conflicts in it. */
function sideOf(
  current: JsonObject,
  name: string,
  conflicts: readonly Conflict[],
  side: 'base' | 'mine',
): JsonValue | undefined {
  let record: JsonValue | undefined = current;
  for (const conflict of conflicts) record = setAtPointer(record, conflict.path, conflict[side], current);
  return (record as JsonObject | undefined)?.[name];
}
