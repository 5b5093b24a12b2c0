/** One open record: heading, form, conflict, save bar. The settings screen and the record screen are this. */
import { useQueryClient } from '@tanstack/react-query';
import { Suspense, useCallback, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { JsonObject } from '../../../shared/json.ts';
import type { ResourceDescription } from '../../../shared/resource.ts';
import type { SyncProblem } from '../../client/SyncRequestError.ts';
import { recordKey } from '../data/recordKey.ts';
import { recordUrl } from '../data/recordUrl.ts';
import { usePanelServices } from '../data/usePanelServices.ts';
import { tellUser } from '../feedback/askUser.ts';
import { Notice } from '../feedback/Notice.tsx';
import { CarriedEditsContext } from '../form/carriedEdits.ts';
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
import { useConflictDialog } from '../conflict/useConflictDialog.ts';
import { useFieldAuthors } from '../conflict/useFieldAuthors.ts';
import { lazyPart, loadUntilThere } from '../feedback/lazyPart.ts';
import { LatePart } from '../feedback/LatePart.tsx';
import { useDeletion } from './useDeletion.ts';
import { useOpenedEdits } from './leftSaves.ts';
import type { AnsweredSave } from '../undo/RecordAids.tsx';
import { recordTitle } from './recordTitle.ts';
import { useLeaveGuard, type Unsaved } from './useLeaveGuard.ts';
import { useSavedBefore } from './useSavedBefore.ts';
import { useSaveRecord } from './useSaveRecord.ts';
import { useWaitingSave } from './useWaitingSave.ts';

const SaveReach = lazyPart(async () => (await import('../reach/openReach.ts')).openReach());
const openAids = async () => (await import('../undo/openUndo.ts')).openRecordAids();
const DraftKeeper = lazyPart(async () => (await import('../drafts/openDraftKeeper.ts')).openDraftKeeper());
const ConflictDialog = lazyPart(async () => (await import('../conflict/ConflictDialog.tsx')).ConflictDialog);

/** Edits the record with this id; `loaded` is what was read, and is replaced when it is read again. */
export function RecordEditor(props: OpenRecord) {
  const opened = useOpenedEdits(recordUrl(props.resource, props.id));
  return (
    <CarriedEditsContext value={opened}>
      <OpenEditor {...props} />
    </CarriedEditsContext>
  );
}

interface OpenRecord {
  readonly resource: ResourceDescription;
  readonly id: string;
  readonly loaded: JsonObject;
}

function OpenEditor({ resource, id, loaded }: OpenRecord) {
  const { t } = useTranslation();
  const { moment, words } = useFormats();
  const isPhone = useIsPhone();
  const { saves, live } = usePanelServices();
  const queries = useQueryClient();
  const url = recordUrl(resource, id);
  const fields = useMemo(() => inputFields(resource, 'update'), [resource]);
  const recordForm = useRecordForm(fields, loaded);
  const { receive, bases, dirty, record } = recordForm;
  const { deletion, hear, forget: forgetDeletion, onStep, isDone: isDeletedHere } = useDeletion();

  const { note, state: waitingState, canWithdraw, withdraw, answered } = useWaitingSave(url, recordForm);

  const store = useCallback(
    (next: JsonObject) => queries.setQueryData(recordKey(resource.name, id), next),
    [id, queries, resource.name],
  );
  const [aided, setAnswered] = useState<AnsweredSave | null>(null);
  const send = useCallback(
    async (payload: SavePayload) => {
      const { data, base, unset } = payload;
      const result = await (await saves.open()).sync(url, 'PATCH', data, { base, unset });
      setAnswered({ payload, result });
      return result;
    },
    [saves, url],
  );
  const revive = useCallback(async () => {
    const { recordToBringBack } = await loadUntilThere(() => import('../conflict/recordToBringBack.ts'));
    return (await saves.open()).sync(`/api/${resource.name}`, 'POST', recordToBringBack(resource, id, recordForm));
  }, [id, recordForm, resource, saves]);
  const onSaved = useCallback(
    (next: JsonObject) => {
      store(next);
      forgetDeletion();
      answered('stored');
    },
    [answered, forgetDeletion, store],
  );
  const onRefused = useCallback(
    ({ code }: SyncProblem) => {
      const isLeft = answered(code === 'DISCARDED' ? 'withdrawn' : 'refused');
      if (!isLeft || code === 'DISCARDED') return;
      const title = recordTitle(resource, bases.stored()) || words(resource.label);
      tellUser({ tone: 'bad', message: t('save.leftRefused', { title }) });
    },
    [answered, bases, resource, t, words],
  );
  const savedBefore = useSavedBefore();
  const [hasPublished, setHasPublished] = useState(false);
  const saving = useSaveRecord({
    recordForm,
    fields,
    send,
    revive,
    onSaved,
    onItsWay: note,
    onRefused,
    checks: 'dirty',
    savedBefore,
  });
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
        hear(change);
      }),
    [hear, id, live, receive, resource.name],
  );
  // A result that is written in the dialog is unsaved work, also where the form holds what is stored.
  const unsaved = useCallback((): Unsaved => {
    if ((bases.dirty().size === 0 && !hasConflicts) || isDeletedHere()) return 'nothing';
    const state = hasConflicts ? 'none' : waitingState();
    if (state === 'same') return saves.getState().isDurable ? 'nothing' : 'kept';
    return state === 'typedOn' ? state : 'typed';
  }, [bases, hasConflicts, isDeletedHere, saves, waitingState]);
  const hasLeft = useLeaveGuard(unsaved);

  const onSave = useCallback(() => void save(), [save]);
  const onDiscard = () => {
    void withdraw();
    recordForm.discard();
    forget();
  };
  const isGone = phase.is === 'gone' || deletion !== null;
  // A refused bring-back can be tried again, also where the form holds what was stored last.
  const isRefused = phase.is === 'failed' || phase.is === 'invalid';
  const canBringBack = resource.permissions.create && !resource.single;
  const canDelete = resource.permissions.delete && !resource.single;
  const canUpdate = resource.permissions.update;
  const isFollowed = phase.is === 'idle' && dirty.size === 0 && (savedAt !== null || hasPublished);

  return (
    <>
      <RecordHeader
        resource={resource}
        record={record}
        actions={canDelete && !isGone && <DeleteButton resource={resource} id={id} record={record} onStep={onStep} />}
      />
      {!canUpdate && <Notice tone="plain">{t('record.viewerOnly')}</Notice>}
      {isGone && (
        <Notice tone="bad" title={t('record.deletedTitle')} urgent>
          {deletion === null
            ? t('record.deleted')
            : t('record.deletedBy', { name: deletion.actor.name, at: moment(deletion.at) })}
          {canBringBack && (dirty.size > 0 || hasConflicts || isRefused) && (
            <BringBackButton onClick={hasConflicts ? dialog.open : () => void bringBack()} />
          )}
        </Notice>
      )}
      {canUpdate && (
        <Suspense fallback={null}>
          <DraftKeeper
            {...{ place: url, fields, recordForm, phase: phase.is, onSave }}
            isQueued={() => waitingState() === 'same'}
            isGivenUp={() => hasLeft() || isDeletedHere()}
          />
        </Suspense>
      )}
      <RecordFields resource={resource} mode="update" recordForm={recordForm} onSave={onSave} />
      {canUpdate && <LatePart load={openAids} of={{ resource, id, fields, recordForm, saving, answered: aided }} />}
      <AboutRecord resource={resource} record={record} />
      {canUpdate && (
        <SaveBar
          phase={isGone && (phase.is === 'idle' || phase.is === 'conflict') ? { is: 'gone' } : phase}
          dirty={hasConflicts ? Math.max(dirty.size, 1) : dirty.size}
          savedAt={savedAt}
          kept={kept}
          isQuiet={saving.isQuiet()}
          label={t(resource.drafts ? (isPhone ? 'save.draftShort' : 'save.draft') : 'save.save')}
          onSave={onSave}
          onSettle={hasConflicts && !isGone ? dialog.open : undefined}
          onDiscard={onDiscard}
          isBlocked={isGone}
          canDiscard={canWithdraw}
          reach={
            isFollowed && (
              <Suspense fallback={null}>
                <SaveReach url={url} version={Number(record['version'])} />
              </Suspense>
            )
          }
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
                setHasPublished(true);
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
