/** Deleting one record, after a question that names it. */
import { Button } from '../controls/Button.tsx';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
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
import type { DeleteStep } from './useDeletion.ts';

/** Deletes the version that is on the screen; a newer one is shown first instead. */
export function DeleteButton({
  resource,
  id,
  record,
  onStep,
}: {
  readonly resource: ResourceDescription;
  readonly id: string;
  readonly record: JsonObject;
  readonly onStep: (step: DeleteStep) => void;
}) {
  const { t } = useTranslation();
  const { words, language } = useFormats();
  const { saves, signIn } = usePanelServices();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const button = useRef<HTMLButtonElement>(null);
  const [isRunning, setRunning] = useState(false);
  const title = recordTitle(resource, record) || t('record.untitled');
  const url = recordUrl(resource, id);

  const sayRefusal = (error: SyncRequestError): string => {
    const { current, problem } = error;
    if (current === undefined || current === null)
      return saves.words()?.describeProblem(problem, language) ?? t('common.unknownFault');
    const name = error.conflicts.find(({ author }) => author !== null)?.author ?? current.updatedBy;
    return typeof name === 'string' && name !== ''
      ? t('delete.changedBy', { name, title })
      : t('delete.changed', { title });
  };
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
      onStep('sent');
      await service.sync(url, 'DELETE');
    } catch (error) {
      const isGone = error instanceof SyncRequestError && isDeleted(error);
      // From here on the form is as any other again: what is typed in it is asked about, and the deletes of others are told.
      if (!isGone) onStep('refused');
      if (!(error instanceof SyncRequestError)) throw error;
      if (error.entryId !== null) (await saves.open()).discard(error.entryId);
      if (error.problem.status === 401) {
        await signIn.wait();
        return remove();
      }
      if (!isGone) {
        if (error.current) queries.setQueryData(recordKey(resource.name, id), error.current);
        tellUser({ tone: 'bad', message: sayRefusal(error) });
        return;
      }
    }
    onStep('done');
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
    if (isRunning || !(await askUser(question))) return;
    setRunning(true);
    await remove().finally(() => setRunning(false));
    // Where the dialog was opened from, unless the person has gone on, or the screen has.
    if (document.activeElement === document.body) button.current?.focus();
  };
  return (
    // Not disabled: whoever deletes with the keyboard would lose his place where the delete is refused.
    <Button ref={button} look="danger" aria-disabled={isRunning} onClick={() => void onClick()}>
      {t('delete.button')}
    </Button>
  );
}

function isDeleted({ problem }: SyncRequestError): boolean {
  return problem.status === 404 || problem.code === 'RECORD_DELETED';
}
