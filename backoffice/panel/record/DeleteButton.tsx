/** Deleting one record, after a question that names it. */
import { Button } from '../controls/Button.tsx';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router-dom';
import type { JsonObject } from '../../../shared/json.ts';
import type { ResourceDescription } from '../../../shared/resource.ts';
import { usePanelServices } from '../data/usePanelServices.ts';
import { askUser } from '../feedback/askUser.ts';
import { loadUntilThere } from '../feedback/lazyPart.ts';
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
  const { words } = useFormats();
  const services = usePanelServices();
  const navigate = useNavigate();
  const button = useRef<HTMLButtonElement>(null);
  const [isRunning, setRunning] = useState(false);
  const title = recordTitle(resource, record) || t('record.untitled');

  const remove = async (): Promise<void> => {
    const { deleteRecord } = await loadUntilThere(() => import('../undo/deleteRecord.ts'));
    if (await deleteRecord({ services, resource, id, record, title, onStep })) await navigate(`/${resource.name}`);
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
