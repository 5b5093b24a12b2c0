/** The screen of a record that does not exist yet. */
import { Suspense, useCallback, useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router-dom';
import type { JsonObject } from '../../../shared/json.ts';
import { jsonEquals } from '../../../shared/merge/jsonEquals.ts';
import type { ResourceDescription } from '../../../shared/resource.ts';
import { useQueryClient } from '@tanstack/react-query';
import { recordKey } from '../data/recordKey.ts';
import { usePanelServices } from '../data/usePanelServices.ts';
import { useResource } from '../data/useResource.ts';
import { Notice } from '../feedback/Notice.tsx';
import { lazyPart } from '../feedback/lazyPart.ts';
import { NotFoundScreen } from '../feedback/NotFoundScreen.tsx';
import { inputFields } from '../form/fieldAccess.ts';
import { fromFormValues } from '../form/fromFormValue.ts';
import { newFormValues } from '../form/toFormValue.ts';
import { RecordFields } from '../form/RecordFields.tsx';
import { useRecordForm } from '../form/useRecordForm.ts';
import { useFormats } from '../language/useFormats.ts';
import styles from '../record/record.module.css';
import { SaveBar } from '../record/SaveBar.tsx';
import { useLeaveGuard, type Unsaved } from '../record/useLeaveGuard.ts';
import { useSaveRecord } from '../record/useSaveRecord.ts';
import { PageHeading } from '../shell/PageHeading.tsx';
import { useCreateOnce } from './useCreateOnce.ts';
import { useOpenCreated } from './useOpenCreated.ts';

const DraftKeeper = lazyPart(async () => (await import('../drafts/openDraftKeeper.ts')).openDraftKeeper());

/** Reads the resource from the address. */
export function NewRecordScreen() {
  const resource = useResource(useParams().resource);
  if (resource === undefined || resource.single || !resource.permissions.create) return <NotFoundScreen />;
  return <NewRecord key={resource.name} resource={resource} />;
}

function NewRecord({ resource }: { readonly resource: ResourceDescription }) {
  const { t } = useTranslation();
  const { words, language } = useFormats();
  const queries = useQueryClient();
  const { saves } = usePanelServices();
  const fields = useMemo(() => inputFields(resource, 'create'), [resource]);
  // As they would be stored: what is typed is based on that.
  const empty = useMemo(() => fromFormValues(fields, newFormValues(fields)), [fields]);
  const recordForm = useRecordForm(fields, empty);
  const { bases, dirty, values } = recordForm;
  const { send, stored, createdId, isUnsure, startAgain } = useCreateOnce(resource, fields, recordForm);

  const onSaved = useCallback(
    (record: JsonObject) => {
      stored(record);
      queries.setQueryData(recordKey(resource.name, String(record.id)), record);
      void queries.invalidateQueries({ queryKey: ['list', resource.name] });
    },
    [queries, resource.name, stored],
  );
  const sent = useRef<JsonObject | null>(null);
  const onItsWay = useCallback((made: JsonObject | null) => {
    sent.current = made;
  }, []);
  const saving = useSaveRecord({ recordForm, fields, send, onSaved, onItsWay, checks: 'all' });
  const { phase, savedAt, save, forget } = saving;
  const { open, isLeaving } = useOpenCreated(resource, recordForm);
  const running = useRef(0);
  const saveAndOpen = useCallback(async () => {
    // The next screen is being drawn, and takes what is typed with it.
    if (isLeaving()) return;
    running.current += 1;
    const isSaved = await save().finally(() => (running.current -= 1));
    const id = createdId();
    if (isSaved && id !== null) await open(id, () => running.current === 0);
  }, [createdId, isLeaving, open, save]);
  const onSave = useCallback(() => void saveAndOpen(), [saveAndOpen]);
  useEffect(() => {
    const id = createdId();
    // The screen of the record is where conflicts are settled.
    if (phase.is === 'conflict' && id !== null) void open(id, () => true);
  }, [createdId, open, phase]);
  const unsaved = useCallback((): Unsaved => {
    if (isLeaving() || bases.dirty().size === 0) return 'nothing';
    const queued = sent.current;
    const { queueLength, isDurable } = saves.getState();
    if (queued === null || queueLength === 0) return 'typed';
    if (!jsonEquals(queued, values())) return 'typedOn';
    return isDurable ? 'nothing' : 'waiting';
  }, [bases, isLeaving, saves, values]);
  const hasLeft = useLeaveGuard(unsaved);
  // Typed while the create is on its way or in doubt, these could no longer be saved.
  const setOnce = useMemo(() => fields.filter((field) => field.class === 'immutable'), [fields]);
  const fixed = useMemo(() => new Set(setOnce.map(({ name }) => name)), [setOnce]);
  const isFixed = phase.is === 'saving' || createdId() !== null || isUnsure();
  const labels = new Intl.ListFormat(language, { type: 'conjunction' }).format(
    setOnce.map(({ label }) => words(label)),
  );

  return (
    <>
      <header className={styles.header}>
        <nav aria-label={t('record.breadcrumb')} className={styles.breadcrumb}>
          <Link to={`/${resource.name}`}>{words(resource.label)}</Link>
        </nav>
        <PageHeading title={t('record.new', { item: words(resource.itemLabel) })} />
      </header>
      {isUnsure() && setOnce.length > 0 && <Notice tone="waiting">{t('record.unsure', { fields: labels })}</Notice>}
      <Suspense fallback={null}>
        <DraftKeeper
          {...{ place: `/api/${encodeURIComponent(resource.name)}`, fields, recordForm, phase: phase.is, onSave }}
          isQueued={() => unsaved() === 'nothing' && !isLeaving()}
          isGivenUp={() => hasLeft() || isLeaving()}
        />
      </Suspense>
      <RecordFields
        resource={resource}
        mode="create"
        recordForm={recordForm}
        onSave={onSave}
        {...(isFixed && { locked: fixed })}
      />
      <SaveBar
        isNew
        phase={phase}
        dirty={dirty.size}
        savedAt={savedAt}
        label={t(resource.drafts ? 'save.draft' : 'save.create')}
        onSave={onSave}
        onDiscard={() => {
          recordForm.discard();
          startAgain();
          forget();
        }}
      />
    </>
  );
}
