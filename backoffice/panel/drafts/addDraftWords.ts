import { addWords } from '../language/startLanguage.ts';

/** Brings the words of what was typed and not sent. */
export function addDraftWords(): Promise<void> {
  return addWords('drafts', async (language) => ({
    drafts:
      language === 'fr'
        ? (await import('../language/frDrafts.ts')).frDrafts
        : (await import('../language/enDrafts.ts')).enDrafts,
  }));
}
