/** One new record for one form, however often it is saved and whatever becomes of the answers. */
import { useCallback, useRef, useState } from 'react';
import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import type { FieldDescription, ResourceDescription } from '../../../shared/resource.ts';
import { createUuid } from '../../client/createUuid.ts';
import type { RealtimeSyncService, SyncResult } from '../../client/index.ts';
import { SyncRequestError } from '../../client/SyncRequestError.ts';
import { recordUrl } from '../data/recordUrl.ts';
import { usePanelServices } from '../data/usePanelServices.ts';
import { fieldAt } from '../form/fieldAt.ts';
import { fromFormValues } from '../form/fromFormValue.ts';
import { savePayload, type SavePayload } from '../form/savePayload.ts';
import type { RecordForm } from '../form/useRecordForm.ts';

/** What `useCreateOnce` gives. */
export interface CreateOnce {
  /** Creates the record; once it is there, saves the edits of it. */
  readonly send: (payload: SavePayload) => Promise<SyncResult>;
  /** Takes what is stored now. */
  readonly stored: (record: JsonObject) => void;
  /** The id of the record, or null while there is none. */
  readonly createdId: () => string | null;
  /** Whether a create was sent of which nobody knows if it was stored. */
  readonly isUnsure: () => boolean;
  /** What was typed is given up: the next create is of another record. */
  readonly startAgain: () => void;
}

/**
 * Sends one form. The id is made here, so that a second create after an answer that was lost finds the first one.
 *
 *   nothing ──create──► created ──edits──► created
 *      └──answer lost──► unsure ──create──► created            while unsure, what can be set only once stays as it was sent
 *                           └──the id is taken──► edited: what was typed since, based on what was sent then
 */
export function useCreateOnce(
  resource: ResourceDescription,
  fields: readonly FieldDescription[],
  { bases, values }: Pick<RecordForm, 'bases' | 'values'>,
): CreateOnce {
  const { saves } = usePanelServices();
  const [id, setId] = useState(() => createUuid(Date.now()));
  const created = useRef<string | null>(null);
  const isNew = useRef(false);
  const unsure = useRef<JsonObject | null>(null);

  const edit = useCallback(
    (service: RealtimeSyncService, recordId: string, { data, base, unset }: SavePayload) =>
      service.sync(recordUrl(resource, recordId), 'PATCH', data, { base, unset }),
    [resource],
  );
  const send = useCallback<CreateOnce['send']>(
    async (payload) => {
      // Before anything is waited for: what is typed from here on is an edit of this.
      const typed = structuredClone(values());
      const service = await saves.open();
      if (created.current !== null) return edit(service, created.current, payload);
      const body = fromFormValues(fields, typed);
      try {
        const result = await service.sync(`/api/${encodeURIComponent(resource.name)}`, 'POST', { ...body, id });
        isNew.current = true;
        return result;
      } catch (error) {
        if (!(error instanceof SyncRequestError)) throw error;
        const { code, status, errors = [] } = error.problem;
        if (unsure.current !== null && code === 'ALREADY_EXISTS') {
          if (error.entryId !== null) service.discard(error.entryId);
          const sent = new Map<string, JsonValue>(Object.entries(unsure.current));
          return edit(service, id, savePayload(fields, typed, sent));
        }
        if (status === 0 || status >= 500) unsure.current ??= body;
        // It has stayed as it was sent, so the create before was refused for it too: it has to be open to be corrected.
        else if (errors.some(({ path }) => fieldAt(fields, path)?.class === 'immutable')) unsure.current = null;
        throw error;
      }
    },
    [edit, fields, id, resource.name, saves, values],
  );
  const stored = useCallback<CreateOnce['stored']>(
    (record) => {
      created.current = String(record.id);
      // Nobody else has been at a record that was only just made: what was typed since starts from it.
      if (isNew.current) for (const name of bases.dirty()) bases.rebase(name, record[name]);
      isNew.current = false;
    },
    [bases],
  );
  const createdId = useCallback(() => created.current, []);
  const isUnsure = useCallback(() => created.current === null && unsure.current !== null, []);
  const startAgain = useCallback(() => {
    if (!isUnsure()) return;
    unsure.current = null;
    setId(createUuid(Date.now()));
  }, [isUnsure]);
  return { send, stored, createdId, isUnsure, startAgain };
}
