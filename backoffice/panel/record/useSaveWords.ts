/** The state of the save in words, for the one place that says it. */
import { useTranslation } from 'react-i18next';
import { useSaves } from '../data/useSaves.ts';
import { useNow } from './useNow.ts';
import { useFormats } from '../language/useFormats.ts';
import type { SavePhase } from './useSaveRecord.ts';

/** What the save bar shows; `announced` changes only when the state does, so that it is not read out every second. */
export interface SaveWords {
  readonly tone: 'quiet' | 'good' | 'waiting' | 'bad';
  readonly text: string;
  readonly detail?: string;
  readonly announced: string;
}

/** Says the state of one form. */
export function useSaveWords(about: {
  readonly phase: SavePhase;
  readonly dirty: number;
  readonly savedAt: number | null;
  /** What the last save kept of others' changes, in words. */
  readonly kept?: string | undefined;
  /** Whether nobody asked for the last save. */
  readonly isQuiet?: boolean;
}): SaveWords {
  const { phase, dirty, savedAt, kept, isQuiet } = about;
  const { t } = useTranslation();
  const { language } = useFormats();
  const { state, words } = useSaves();
  const now = useNow(savedAt !== null || phase.is === 'saving');
  const same = (tone: SaveWords['tone'], text: string, detail?: string): SaveWords => ({
    tone,
    text,
    announced: detail === undefined ? text : `${text} ${detail}`,
    ...(detail === undefined ? {} : { detail }),
  });
  switch (phase.is) {
    case 'saving': {
      // What lies in conflict, or has failed, is of another record.
      const entries = state.entries.filter(({ status }) => status === 'waiting' || status === 'sending');
      const said = words()?.describeSyncState({ ...state, entries }, language, now);
      // Idle and saved are of another record or of the moment before the queue has taken this save.
      const isOurs = said !== undefined && said.kind !== 'idle' && said.kind !== 'saved';
      return same('waiting', isOurs ? said.text : t('save.saving'));
    }
    case 'conflict':
      return same('bad', t('save.conflict'));
    case 'gone':
      return same('bad', t('save.gone'));
    case 'invalid':
      return same('bad', t('save.invalid'));
    case 'failed':
      return same('bad', t('save.failed'), words()?.describeProblem(phase.problem, language));
    case 'idle':
      break;
  }
  if (dirty > 0) return same('waiting', t('save.unsaved', { count: dirty }));
  if (savedAt === null) return same('quiet', t('save.nothing'));
  const elapsedMs = now - savedAt;
  const text =
    elapsedMs < 1000
      ? t(isQuiet ? 'save.savedItselfNow' : 'save.savedNow')
      : t(isQuiet ? 'save.savedItselfAgo' : 'save.savedAgo', { ago: ago(elapsedMs, language) });
  if (kept === undefined) return { tone: 'good', text, announced: t('save.saved') };
  return { tone: 'good', text, detail: kept, announced: t('save.savedAndKept', { kept }) };
}

function ago(elapsedMs: number, language: string): string {
  const seconds = Math.max(0, Math.round(elapsedMs / 1000));
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' });
  if (seconds < 60) return format.format(-seconds, 'second');
  if (seconds < 3600) return format.format(-Math.floor(seconds / 60), 'minute');
  return format.format(-Math.floor(seconds / 3600), 'hour');
}
