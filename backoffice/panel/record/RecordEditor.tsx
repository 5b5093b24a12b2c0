/** One open record: heading, form, conflict, save bar. The settings screen and the record screen are this. */
import { useQueryClient } from '@tanstack/react-query';
import { Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Change } from '../../../shared/change.ts';
import type { JsonObject } from '../../../shared/json.ts';
import type { ResourceDescription } from '../../../shared/resource.ts';
import { recordKey } from '../data/recordKey.ts';
import { recordUrl } from '../data/recordUrl.ts';
import { usePanelServices } from '../data/usePanelServices.ts';
import { Notice } from '../feedback/Notice.tsx';
import { inputFields } from '../form/fieldAccess.ts';
import { RecordFields } from '../form/RecordFields.tsx';
import type { SavePayload } from '../form/savePayload.ts';
import { useKeptWords } from '../form/useKeptWords.ts';
import { useRecordForm } from '../form/useRecordForm.ts';
import { useFormats } from '../language/useFormats.ts';
import { useIsPhone } from '../look/useIsPhone.ts';
import { AboutRecord } from './AboutRecord.tsx';
import { DeleteButton } from './DeleteButton.tsx';
import { PublishButtons } from './PublishButtons.tsx';
import { RecordHeader } from './RecordHeader.tsx';
import { SaveBar } from './SaveBar.tsx';
import { BringBackButton } from '../conflict/BringBackButton.tsx';
import { recordToBringBack } from '../conflict/recordToBringBack.ts';
import { useConflictDialog } from '../conflict/useConflictDialog.ts';
import { useFieldAuthors } from '../conflict/useFieldAuthors.ts';
import { lazyPart } from '../feedback/lazyPart.ts';
import { useLeaveGuard } from './useLeaveGuard.ts';
import { useSavedBefore } from './useSavedBefore.ts';
import { useSaveRecord } from './useSaveRecord.ts';

const ConflictDialog = lazyPart(async () => (await import('../conflict/ConflictDialog.tsx')).ConflictDialog);

/** Edits the record with this id; `loaded` is what was read, and is replaced when it is read again. */
export function RecordEditor({
  resource,
  id,
  loaded,
}: {
  readonly resource: ResourceDescription;
  readonly id: string;
  readonly loaded: JsonObject;
}) {
  const { t } = useTranslation();
  const { moment } = useFormats();
  const isPhone = useIsPhone();
  const { saves, live } = usePanelServices();
  const queries = useQueryClient();
  const url = recordUrl(resource, id);
  const fields = useMemo(() => inputFields(resource, 'update'), [resource]);
  const recordForm = useRecordForm(fields, loaded);
  const { receive, bases, dirty, record } = recordForm;
  const [deletion, setDeletion] = useState<Change | null>(null);
  const isDeletedHere = useRef(false);

  const store = useCallback(
    (next: JsonObject) => queries.setQueryData(recordKey(resource.name, id), next),
    [id, queries, resource.name],
  );
  const send = useCallback(
    async ({ data, base, unset }: SavePayload) => (await saves.open()).sync(url, 'PATCH', data, { base, unset }),
    [saves, url],
  );
  const revive = useCallback(
    async () => (await saves.open()).sync(`/api/${resource.name}`, 'POST', recordToBringBack(resource, id, recordForm)),
    [id, recordForm, resource, saves],
  );
  const onSaved = useCallback(
    (next: JsonObject) => {
      store(next);
      setDeletion(null);
    },
    [store],
  );
  const savedBefore = useSavedBefore();
  const saving = useSaveRecord({ recordForm, fields, send, revive, onSaved, checks: 'dirty', savedBefore });
  const { phase, savedAt, save, decide, bringBack, forget } = saving;
  const authors = useFieldAuthors(resource.name, id);
  const dialog = useConflictDialog({ phase, fields, recordForm, authors, onOver: forget });
  const { conflicts } = dialog;
  const hasConflicts = conflicts.length > 0;
  const kept = useKeptWords(fields, recordForm.kept);

  useEffect(() => receive(loaded), [loaded, receive]);
  useEffect(
    () =>
      live.subscribeChanges((change) => {
        if (change.resource !== resource.name || change.id !== id) return;
        if (change.record !== null) receive(change.record, change);
        setDeletion(change.record === null && !isDeletedHere.current ? change : null);
      }),
    [id, live, receive, resource.name],
  );
  // A result that is written in the dialog is unsaved work, also where the form holds what is stored.
  const mayLeave = useCallback(
    () => (bases.dirty().size === 0 && !hasConflicts) || isDeletedHere.current,
    [bases, hasConflicts],
  );
  useLeaveGuard(mayLeave);

  const onSave = useCallback(() => void save(), [save]);
  const onDiscard = () => {
    recordForm.discard();
    forget();
  };
  const onDeleted = () => {
    isDeletedHere.current = true;
  };
  const isGone = phase.is === 'gone' || deletion !== null;
  const canBringBack = resource.permissions.create && !resource.single;
  const canDelete = resource.permissions.delete && !resource.single;
  const canUpdate = resource.permissions.update;

  return (
    <>
      <RecordHeader
        resource={resource}
        record={record}
        actions={
          canDelete && !isGone && <DeleteButton resource={resource} id={id} record={record} onDeleted={onDeleted} />
        }
      />
      {!canUpdate && <Notice tone="plain">{t('record.viewerOnly')}</Notice>}
      {isGone && (
        <Notice tone="bad" title={t('record.deletedTitle')} urgent>
          {deletion === null
            ? t('record.deleted')
            : t('record.deletedBy', { name: deletion.actor.name, at: moment(deletion.at) })}
          {canBringBack && (dirty.size > 0 || hasConflicts) && (
            <BringBackButton onClick={hasConflicts ? dialog.open : () => void bringBack()} />
          )}
        </Notice>
      )}
      <RecordFields resource={resource} mode="update" recordForm={recordForm} onSave={onSave} />
      <AboutRecord resource={resource} record={record} />
      {canUpdate && (
        <SaveBar
          phase={isGone && (phase.is === 'idle' || phase.is === 'conflict') ? { is: 'gone' } : phase}
          dirty={hasConflicts ? Math.max(dirty.size, 1) : dirty.size}
          savedAt={savedAt}
          kept={kept}
          label={t(resource.drafts ? (isPhone ? 'save.draftShort' : 'save.draft') : 'save.save')}
          onSave={onSave}
          onSettle={hasConflicts && !isGone ? dialog.open : undefined}
          onDiscard={onDiscard}
          isBlocked={isGone}
        >
          {resource.drafts && !isGone ? (
            <PublishButtons
              url={url}
              record={record}
              isDirty={dirty.size > 0}
              isBlocked={phase.is === 'conflict' || phase.is === 'saving'}
              onSave={save}
              onChanged={(next) => {
                receive(next);
                store(next);
              }}
            />
          ) : undefined}
        </SaveBar>
      )}
      {hasConflicts && phase.is === 'conflict' && (
        <Suspense fallback={null}>
          <ConflictDialog
            dialog={dialog}
            fields={fields}
            recordForm={recordForm}
            since={phase.current}
            deletion={deletion}
            canBringBack={canBringBack}
            onDecide={(decisions) => void decide(conflicts, decisions, isGone ? 'bringBack' : 'save')}
          />
        </Suspense>
      )}
    </>
  );
}
