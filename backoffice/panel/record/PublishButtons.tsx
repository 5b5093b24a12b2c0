/** Publishing and taking back, for a resource in which a save is only a draft. */
import { Button } from '../controls/Button.tsx';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { JsonObject } from '../../../shared/json.ts';
import { SyncRequestError } from '../../client/SyncRequestError.ts';
import { usePanelServices } from '../data/usePanelServices.ts';
import { tellUser } from '../feedback/askUser.ts';
import { useFormats } from '../language/useFormats.ts';
import { publication } from './publication.ts';

/** Publish saves first what is still only typed, so that the public never gets less than what is on the screen. */
export function PublishButtons(props: {
  readonly url: string;
  readonly record: JsonObject;
  readonly isDirty: boolean;
  readonly isBlocked: boolean;
  readonly onSave: () => Promise<boolean>;
  readonly onChanged: (record: JsonObject) => void;
}) {
  const { url, record, isDirty, isBlocked, onSave, onChanged } = props;
  const { t } = useTranslation();
  const { language } = useFormats();
  const { saves, signIn } = usePanelServices();
  const [running, setRunning] = useState<'publish' | 'unpublish' | null>(null);
  const state = publication(record);

  const run = async (verb: 'publish' | 'unpublish'): Promise<void> => {
    if (verb === 'publish' && isDirty && !(await onSave())) return;
    try {
      const { record: next } = await (await saves.open()).sync(`${url}/${verb}`, 'POST', {});
      if (next !== null) onChanged(next);
      tellUser({ tone: 'good', message: t(verb === 'publish' ? 'publication.done' : 'publication.undone') });
    } catch (error) {
      if (!(error instanceof SyncRequestError)) throw error;
      if (error.entryId !== null) (await saves.open()).discard(error.entryId);
      if (error.problem.status === 401) {
        await signIn.wait();
        return run(verb);
      }
      tellUser({
        tone: 'bad',
        message: saves.words()?.describeProblem(error.problem, language) ?? t('common.unknownFault'),
      });
    }
  };
  const start = (verb: 'publish' | 'unpublish') => {
    setRunning(verb);
    void run(verb).finally(() => setRunning(null));
  };
  const isBusy = isBlocked || running !== null;

  return (
    <>
      {state !== 'draft' && (
        <Button look="default" disabled={isBusy} onClick={() => start('unpublish')}>
          {t('publication.unpublish')}
        </Button>
      )}
      <Button disabled={isBusy || (state === 'published' && !isDirty)} onClick={() => start('publish')}>
        {t(isDirty ? 'publication.saveAndPublish' : 'publication.publish')}
      </Button>
    </>
  );
}
