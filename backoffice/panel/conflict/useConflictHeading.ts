import { useTranslation } from 'react-i18next';
import type { Change } from '../../../shared/change.ts';
import type { Conflict } from '../../../shared/receipt.ts';

/** The heading of the dialog and the sentence below it, which say who the other side is and what became of the record. */
export function useConflictHeading(
  conflicts: readonly Conflict[],
  deletion: Change | null,
  canBringBack: boolean,
): { readonly heading: string; readonly lead: string } {
  const { t } = useTranslation();
  if (deletion !== null) {
    return {
      heading: t('conflict.goneHeading', { name: deletion.actor.name }),
      lead: t(canBringBack ? 'conflict.goneLead' : 'conflict.goneLeadOnly'),
    };
  }
  const lead = t('conflict.lead');
  const count = conflicts.length;
  const [name, ...others] = new Set(conflicts.map(({ author }) => author));
  if (others.length > 0) return { heading: t('conflict.headingMany'), lead };
  if (name === undefined || name === null) return { heading: t('conflict.heading', { count }), lead };
  return { heading: t('conflict.headingBy', { count, name }), lead };
}
