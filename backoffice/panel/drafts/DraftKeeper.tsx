/** Keeps what is typed in the form beside it, and offers what was left there. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../controls/Button.tsx';
import { usePanelServices } from '../data/usePanelServices.ts';
import { useSession } from '../data/useSession.ts';
import { askUser } from '../feedback/askUser.ts';
import { Notice } from '../feedback/Notice.tsx';
import { useFormats } from '../language/useFormats.ts';
import styles from './drafts.module.css';
import { openDrafts } from './openDrafts.ts';
import { useKeepDraft, type KeptForm } from './useKeepDraft.ts';
import { useOfferedDraft } from './useOfferedDraft.ts';
import { useRefusedSaves } from './useRefusedSaves.ts';
import { withoutSecrets } from './withoutSecrets.ts';

/** The form, and how it is saved. */
export interface DraftKeeperProps extends KeptForm {
  readonly onSave: () => void;
}

/** Draws nothing while nothing was left. */
export function DraftKeeper(props: DraftKeeperProps) {
  const user = useSession().data?.user?.id;
  return user === undefined ? null : <KeeperOf key={user} {...props} user={user} />;
}

function KeeperOf({ user, ...form }: DraftKeeperProps & { readonly user: string }) {
  const { t } = useTranslation();
  const { moment, words, language } = useFormats();
  const { saves, config } = usePanelServices();
  const { fields, recordForm } = form;
  const [drafts] = useState(() => openDrafts(saves, `backoffice-sync${config.backendUrl}:drafts`));
  useKeepDraft(drafts, user, form);
  const hasRefused = useRefusedSaves(drafts, user, form);
  const offered = useOfferedDraft(drafts, user, form);
  if (hasRefused) return <Notice tone="waiting">{t('drafts.refused')}</Notice>;
  if (offered === null) return null;
  const { edits, atMs, end } = offered;
  const names = fields.filter(({ name }) => edits.has(name));
  const labels = new Intl.ListFormat(language, { type: 'conjunction' }).format(names.map(({ label }) => words(label)));
  const goOn = async () => {
    // Where somebody types already, that stays, and the rest of the draft with it until it is discarded.
    const isWhole = names.every(({ name }) => !recordForm.dirty.has(name));
    recordForm.take(edits);
    recordForm.form.setFocus(names[0]?.name ?? '');
    if (!isWhole) return;
    const keep = async () => (await drafts).keep(user, form.place, withoutSecrets(fields, recordForm.carry().edits));
    await keep();
    await end();
    // The one that ended may have been of this tab.
    await keep();
  };
  const discard = async () => {
    const isSure = await askUser({
      title: t('drafts.discardTitle'),
      body: t('drafts.discardBody', { fields: labels }),
      confirm: t('drafts.discard'),
      cancel: t('drafts.discardCancel'),
      isFinal: true,
    });
    if (isSure) await end();
  };
  return (
    <Notice tone="plain">
      <p role="status" className={styles.text}>
        {t('drafts.kept', { at: moment(new Date(atMs).toISOString()), fields: labels })}
      </p>
      <div className={styles.buttons}>
        <Button look="default" small onClick={() => void goOn()}>
          {t('drafts.continue')}
        </Button>
        <Button look="subtle" small onClick={() => void discard()}>
          {t('drafts.discard')}
        </Button>
      </div>
    </Notice>
  );
}
