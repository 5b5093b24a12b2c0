/** The screen of a record that does not exist yet. */
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router-dom';
import type { JsonObject } from '../../../shared/json.ts';
import type { ResourceDescription } from '../../../shared/resource.ts';
import { useQueryClient } from '@tanstack/react-query';
import { recordKey } from '../data/recordKey.ts';
import { usePanelServices } from '../data/usePanelServices.ts';
import { useResource } from '../data/useResource.ts';
import { NotFoundScreen } from '../feedback/NotFoundScreen.tsx';
import { inputFields } from '../form/fieldAccess.ts';
import { fromFormValues } from '../form/fromFormValue.ts';
import { newFormValues } from '../form/toFormValue.ts';
import { RecordFields } from '../form/RecordFields.tsx';
import { useRecordForm } from '../form/useRecordForm.ts';
import { useFormats } from '../language/useFormats.ts';
import styles from '../record/record.module.css';
import { SaveBar } from '../record/SaveBar.tsx';
import type { SavedBefore } from '../record/useSavedBefore.ts';
import { useLeaveGuard } from '../record/useLeaveGuard.ts';
import { useSaveRecord } from '../record/useSaveRecord.ts';
import { PageHeading } from '../shell/PageHeading.tsx';

/** Reads the resource from the address. */
export function NewRecordScreen() {
  const resource = useResource(useParams().resource);
  if (resource === undefined || resource.single || !resource.permissions.create) return <NotFoundScreen />;
  return <NewRecord key={resource.name} resource={resource} />;
}

function NewRecord({ resource }: { readonly resource: ResourceDescription }) {
  const { t } = useTranslation();
  const { words } = useFormats();
  const { saves } = usePanelServices();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const fields = useMemo(() => inputFields(resource, 'create'), [resource]);
  const empty = useMemo(() => newFormValues(fields), [fields]);
  const recordForm = useRecordForm(fields, empty);
  const { bases, values, dirty } = recordForm;

  const send = useCallback(
    async () => (await saves.open()).sync(`/api/${resource.name}`, 'POST', fromFormValues(fields, values())),
    [fields, resource.name, saves, values],
  );
  const onSaved = useCallback(
    (record: JsonObject) => {
      const id = String(record.id);
      queries.setQueryData(recordKey(resource.name, id), record);
      void queries.invalidateQueries({ queryKey: ['list', resource.name] });
      // The next screen opens on what was just saved, and says so.
      const state: SavedBefore = { savedAtMs: Date.now() };
      void navigate(`/${resource.name}/${encodeURIComponent(id)}`, { replace: true, state });
    },
    [navigate, queries, resource.name],
  );
  const { phase, savedAt, save, forget } = useSaveRecord({ recordForm, fields, send, onSaved, checks: 'all' });
  const mayLeave = useCallback(() => bases.dirty().size === 0, [bases]);
  useLeaveGuard(mayLeave);
  const onSave = useCallback(() => void save(), [save]);

  return (
    <>
      <header className={styles.header}>
        <nav aria-label={t('record.breadcrumb')} className={styles.breadcrumb}>
          <Link to={`/${resource.name}`}>{words(resource.label)}</Link>
        </nav>
        <PageHeading title={t('record.new', { item: words(resource.itemLabel) })} />
      </header>
      <RecordFields resource={resource} mode="create" recordForm={recordForm} onSave={onSave} />
      <SaveBar
        isNew
        phase={phase}
        dirty={dirty.size}
        savedAt={savedAt}
        label={t(resource.drafts ? 'save.draft' : 'save.create')}
        onSave={onSave}
        onDiscard={() => {
          recordForm.discard();
          forget();
        }}
      />
    </>
  );
}
