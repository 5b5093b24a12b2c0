/** Deleting one record, after a question that names it. */
import { Button } from '../controls/Button.tsx';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router-dom';
import type { JsonObject } from '../../../shared/json.ts';
import type { ResourceDescription } from '../../../shared/resource.ts';
import { SyncRequestError } from '../../client/SyncRequestError.ts';
import { recordKey } from '../data/recordKey.ts';
import { recordUrl } from '../data/recordUrl.ts';
import { usePanelServices } from '../data/usePanelServices.ts';
import { askUser, tellUser } from '../feedback/askUser.ts';
import { useFormats } from '../language/useFormats.ts';
import { recordTitle } from './recordTitle.ts';

/** Deletes the version that is on the screen; a newer one is shown first instead. */
export function DeleteButton({
  resource,
  id,
  record,
  onDeleted,
}: {
  readonly resource: ResourceDescription;
  readonly id: string;
  readonly record: JsonObject;
  readonly onDeleted: () => void;
}) {
  const { t } = useTranslation();
  const { words, language } = useFormats();
  const { saves, signIn } = usePanelServices();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [isRunning, setRunning] = useState(false);
  const title = recordTitle(resource, record) || t('record.untitled');
  const url = recordUrl(resource, id);

  const remove = async (): Promise<void> => {
    try {
      const service = await saves.open();
      const { record: fresh } = await service.load(url);
      if (fresh.version !== record.version) {
        queries.setQueryData(recordKey(resource.name, id), fresh);
        tellUser({ tone: 'bad', message: t('delete.changed', { title }) });
        return;
      }
      // Before the answer: the change may be told live before it.
      onDeleted();
      await service.sync(url, 'DELETE');
    } catch (error) {
      if (!(error instanceof SyncRequestError)) throw error;
      if (error.entryId !== null) (await saves.open()).discard(error.entryId);
      if (error.problem.status === 401) {
        await signIn.wait();
        return remove();
      }
      if (error.problem.status !== 404) {
        tellUser({
          tone: 'bad',
          message: saves.words()?.describeProblem(error.problem, language) ?? t('common.unknownFault'),
        });
        return;
      }
    }
    queries.removeQueries({ queryKey: recordKey(resource.name, id) });
    void queries.invalidateQueries({ queryKey: ['list', resource.name] });
    tellUser({ tone: 'good', message: t('delete.done', { title }) });
    await navigate(`/${resource.name}`);
  };
  const onClick = async () => {
    const question = {
      title: t('delete.title', { title }),
      body: t('delete.body', { item: words(resource.itemLabel) }),
      confirm: t('delete.confirm'),
      cancel: t('common.cancel'),
      isFinal: true,
    };
    if (!(await askUser(question))) return;
    setRunning(true);
    await remove().finally(() => setRunning(false));
  };
  return (
    <Button look="danger" disabled={isRunning} onClick={() => void onClick()}>
      {t('delete.button')}
    </Button>
  );
}
