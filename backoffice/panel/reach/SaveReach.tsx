/** How far the last save has come, beside the words that say that it is stored. */
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';
import type { LateReason } from '../../../shared/protocol/reach.ts';
import { useWorkspace } from '../data/useWorkspace.ts';
import { useFormats } from '../language/useFormats.ts';
import { needsResend } from './needsResend.ts';
import styles from './reach.module.css';
import { ResendButtons } from './ResendButtons.tsx';
import { useReach, type FollowedReach } from './useReach.ts';

/** What is followed. */
export interface SaveReachProps {
  /** The address of the record in the API. */
  readonly url: string;
  /** The version that the save made. */
  readonly version: number;
}

/** Follows one save; says nothing about a draft and about what is not public, where nobody expects it on the site. */
export function SaveReach({ url, version }: SaveReachProps) {
  const { t } = useTranslation();
  const { language } = useFormats();
  const { canConfigure = false } = useWorkspace().data ?? {};
  const { followed, followResend } = useReach(url, version);
  const status = useRef<HTMLSpanElement>(null);
  const words = followed && wordsOf(followed);
  if (followed === null || words === null) return null;
  const time = secondsOf(followed.reach.shownAfterMs ?? 0, language);
  const { reach, resending } = followed;
  const behind = reach.endpoints.filter((one) => needsResend(one, reach.version) && !resending.includes(one.id));
  const onResent = (endpoint: string) => {
    // The button goes, and the keyboard would be lost with it.
    status.current?.focus();
    followResend(endpoint);
  };
  return (
    <span className={styles.reach} data-reach={resending.length > 0 ? 'resending' : reach.state}>
      <span role="status" ref={status} tabIndex={-1}>
        {t(words, { time })}
      </span>
      {reach.state === 'late' && canConfigure && reach.endpoints.length > 0 && (
        <>
          <ResendButtons endpoints={behind} record={reach} onResent={onResent} />
          <Link to="/webhooks" className={styles.link}>
            {t('reach.toWebhooks')}
          </Link>
        </>
      )}
    </span>
  );
}

function wordsOf({ reach, isLast, resending }: FollowedReach) {
  if (resending.length > 0) return 'reach.resending';
  switch (reach.state) {
    case 'shown':
      return 'reach.shown';
    case 'sent':
      return 'reach.sent';
    case 'late':
      return lateWords[reach.lateBecause ?? 'callFails'];
    case 'untold':
      return reach.reason === 'hidden' ? 'reach.hidden' : null;
    case 'saved':
      return isLast ? 'reach.nobody' : null;
  }
}

const lateWords = {
  olderShown: 'reach.late',
  callFails: 'reach.callFails',
  callWaits: 'reach.callWaits',
} as const satisfies Record<LateReason, string>;

function secondsOf(ms: number, language: string): string {
  return new Intl.NumberFormat(language, { style: 'unit', unit: 'second', maximumFractionDigits: 1 }).format(ms / 1000);
}
