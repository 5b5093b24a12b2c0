/** How far the last save has come, beside the words that say that it is stored. */
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';
import type { Reach } from '../../../shared/protocol/reach.ts';
import { useWorkspace } from '../data/useWorkspace.ts';
import { useFormats } from '../language/useFormats.ts';
import styles from './reach.module.css';
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
  const followed = useReach(url, version);
  const words = followed && wordsOf(followed);
  if (followed === null || words === null) return null;
  const time = secondsOf(followed.reach.shownAfterMs ?? 0, language);
  const isLate = followed.reach.state === 'late';
  return (
    <span className={styles.reach} data-reach={followed.reach.state}>
      <span role="status">{t(words, { time })}</span>
      {isLate && canConfigure && followed.reach.endpoints.length > 0 && (
        <Link to="/webhooks" className={styles.link}>
          {t('reach.toWebhooks')}
        </Link>
      )}
    </span>
  );
}

function wordsOf({ reach, isLast }: FollowedReach) {
  switch (reach.state) {
    case 'shown':
      return 'reach.shown';
    case 'sent':
      return 'reach.sent';
    case 'late':
      return hasOldCopy(reach) ? 'reach.late' : 'reach.callFails';
    case 'untold':
      return reach.reason === 'hidden' ? 'reach.hidden' : null;
    case 'saved':
      return isLast ? 'reach.nobody' : null;
  }
}

function hasOldCopy({ browsers, endpoints, version }: Reach): boolean {
  return (
    browsers.older !== null ||
    endpoints.some(({ state, shownVersion }) => state === 'sent' && shownVersion !== null && shownVersion < version)
  );
}

function secondsOf(ms: number, language: string): string {
  return new Intl.NumberFormat(language, { style: 'unit', unit: 'second', maximumFractionDigits: 1 }).format(ms / 1000);
}
