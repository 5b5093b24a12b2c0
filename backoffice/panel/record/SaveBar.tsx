/** The one place of truth about a save: its state in words, and what can be done about it. */
import { Button } from '../controls/Button.tsx';
import { useEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { askUser } from '../feedback/askUser.ts';
import { useIsPhone } from '../look/useIsPhone.ts';
import { ProblemDetails } from '../feedback/ProblemDetails.tsx';
import styles from './record.module.css';
import { useBarHeight } from './useBarHeight.ts';
import { useKeyboardInset } from './useKeyboardInset.ts';
import { useSaveWords } from './useSaveWords.ts';
import type { SavePhase } from './useSaveRecord.ts';

/** Sticks to the bottom of the screen; on a phone above the keyboard. Ctrl+S and ⌘S save from everywhere. */
export function SaveBar({
  phase,
  dirty,
  savedAt,
  kept,
  isQuiet = false,
  label,
  onSave,
  onSettle,
  onDiscard,
  isBlocked = false,
  isNew = false,
  canDiscard = () => false,
  reach,
  children,
}: {
  readonly phase: SavePhase;
  readonly dirty: number;
  readonly savedAt: number | null;
  /** What the last save kept of others' changes, in words. */
  readonly kept?: string | undefined;
  /** Whether nobody asked for the last save. */
  readonly isQuiet?: boolean;
  readonly label: string;
  readonly onSave: () => void;
  /** Opens the dialog of conflicts; while there are some, it takes the place of saving. */
  readonly onSettle?: (() => void) | undefined;
  /** Called when the person has confirmed that what was typed may go. */
  readonly onDiscard: () => void;
  /** True while something else has to be decided first. */
  readonly isBlocked?: boolean;
  /** True for a record that does not exist yet: trying to create it says which fields are missing. */
  readonly isNew?: boolean;
  /** Whether a save that waits can still be withdrawn. */
  readonly canDiscard?: () => boolean;
  /** How far the last save has come. */
  readonly reach?: ReactNode;
  /** Further buttons, such as Publish. */
  readonly children?: ReactNode;
}) {
  const { t } = useTranslation();
  const words = useSaveWords({ phase, dirty, savedAt, kept, isQuiet });
  const isPhone = useIsPhone();
  const bar = useRef<HTMLDivElement>(null);
  const primary = useRef<HTMLButtonElement>(null);
  const isAsking = useRef(false);
  useKeyboardInset();
  useBarHeight(bar);
  const onPrimary = onSettle ?? onSave;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 's' || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      event.preventDefault();
      // Not behind a question: what it would save may be what the question is about.
      if (!isBlocked && !isAsking.current && !isBehindQuestion()) onPrimary();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [isBlocked, onPrimary]);
  // Asked, not undone: what was typed is stored nowhere, so neither a history nor a later visit could bring it back.
  const discard = async () => {
    isAsking.current = true;
    const isSure = await askUser({
      title: t('save.discardTitle', { count: dirty }),
      body: t('save.discardBody'),
      confirm: t('save.discard'),
      cancel: t('save.discardCancel'),
      isFinal: true,
    }).finally(() => (isAsking.current = false));
    if (!isSure) return;
    onDiscard();
    // The button that was pressed goes with the changes.
    primary.current?.focus();
  };
  const canSave = (dirty > 0 || isNew) && !isBlocked && phase.is !== 'gone';
  return (
    <div ref={bar} className={styles.bar} data-save-bar={dirty > 0 ? 'unsaved' : 'clean'}>
      <div className={styles.barState} data-tone={words.tone}>
        <span aria-hidden="true" className={styles.barText}>
          <span className={styles.dot} />
          <span>{words.text}</span>
        </span>
        {words.detail !== undefined && (
          <span aria-hidden="true" className={styles.barDetail}>
            {words.detail}
          </span>
        )}
        <span role="status" className="visually-hidden">
          {words.announced}
        </span>
        {reach}
        {phase.is === 'failed' && <ProblemDetails problem={phase.problem} />}
      </div>
      <div className={styles.barButtons}>
        {dirty > 0 && (
          <Button
            look="subtle"
            aria-label={t('save.discard')}
            onClick={() => void discard()}
            disabled={phase.is === 'saving' && !canDiscard()}
          >
            {t(isPhone ? 'save.discardShort' : 'save.discard')}
          </Button>
        )}
        <Button
          ref={primary}
          look={children === undefined || onSettle !== undefined ? 'filled' : 'default'}
          onClick={() => canSave && onPrimary()}
          // Not disabled: whoever saves with the keyboard would lose his place at the moment everything is saved.
          aria-disabled={!canSave}
          aria-haspopup={onSettle === undefined ? undefined : 'dialog'}
          title={t('save.shortcut')}
        >
          {onSettle !== undefined ? t('save.settle') : phase.is === 'failed' ? t('save.retry') : label}
        </Button>
        {children}
      </div>
    </div>
  );
}

/** Whether something that has to be answered first is in front of the screen; one that is fading out has lost the focus. */
function isBehindQuestion(): boolean {
  const isAsked = document.querySelector(modal) !== null;
  const at = document.activeElement;
  return isAsked && (at === null || at === document.body || at.closest(modal) !== null);
}

const modal = '[role=dialog][aria-modal=true]';
