/** What becomes of saves that are not sent when somebody signs out. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router-dom';
import type { QueueEntry } from '../../client/syncState.ts';
import { Button } from '../controls/Button.tsx';
import { usePanelServices } from '../data/usePanelServices.ts';
import { useSaves } from '../data/useSaves.ts';
import { askUser } from '../feedback/askUser.ts';
import { Notice } from '../feedback/Notice.tsx';
import { PageHeading } from '../shell/PageHeading.tsx';
import styles from './session.module.css';

/** What is not sent, in all tabs, and what can be done about it. */
export interface UnsentSavesProps {
  readonly unsent: readonly QueueEntry[];
  /** Looks again what is left, and signs out when that is nothing. */
  readonly onAsk: () => Promise<readonly QueueEntry[]>;
  readonly onKeep: () => void;
  readonly onDiscard: () => void;
}

/** Until it is looked again what is left, in milliseconds: saves of other tabs tell this page nothing. */
const lookEveryMs = 500;

/** Asks; nothing is lost by leaving the question. */
export function UnsentSaves({ unsent, onAsk, onKeep, onDiscard }: UnsentSavesProps) {
  const { t } = useTranslation();
  const { saves } = usePanelServices();
  const { isDurable } = useSaves().state;
  const navigate = useNavigate();
  const [isSending, setSending] = useState(false);
  const count = unsent.length;
  const hasRefused = unsent.some(({ status }) => status === 'failed' || status === 'conflict');
  useEffect(() => {
    if (!isSending) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const look = async () => {
      const left = await onAsk();
      if (isOver || left.length === 0) return;
      // What was refused needs a person, and is not sent by waiting.
      if (left.every(({ status }) => status === 'failed' || status === 'conflict')) setSending(false);
      else timer = setTimeout(() => void look(), lookEveryMs);
    };
    void look();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [isSending, onAsk]);
  const send = async () => {
    (await saves.open()).retry();
    setSending(true);
  };
  const discard = async () => {
    const isSure = await askUser({
      title: t('drafts.discardAllTitle', { count }),
      body: t('drafts.discardAllBody'),
      confirm: t('drafts.discardAll'),
      cancel: t('common.cancel'),
      isFinal: true,
    });
    if (isSure) onDiscard();
  };
  return (
    <section className={styles.unsent}>
      <PageHeading title={t('drafts.signOutTitle')} />
      <Notice tone="waiting" title={t('drafts.unsent', { count })} urgent>
        <p className={styles.lead}>{t(isDurable ? 'drafts.unsentLead' : 'drafts.unsentLeadLost')}</p>
        {hasRefused && <p className={styles.lead}>{t('drafts.unsentRefused')}</p>}
      </Notice>
      <Button onClick={() => void send()} disabled={isSending}>
        {t(isSending ? 'drafts.sending' : 'drafts.sendFirst')}
      </Button>
      {isDurable && (
        <Button look="default" onClick={onKeep}>
          {t('drafts.keep')}
        </Button>
      )}
      <Button look="default" onClick={() => void discard()}>
        {t('drafts.discardAll')}
      </Button>
      <Button look="subtle" onClick={() => void navigate('/')}>
        {t('drafts.stay')}
      </Button>
    </section>
  );
}
