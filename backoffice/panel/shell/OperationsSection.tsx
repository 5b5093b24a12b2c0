import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { WebhookMark } from '../webhooks/WebhookMark.tsx';

/** Draws a heading of the navigation and its links; `mark` is what stands behind one. */
export type DrawSection = (
  title: string,
  links: readonly (readonly [path: string, label: string, mark?: ReactNode])[],
) => ReactNode;

/** What the section is given. */
export interface OperationsSectionProps {
  readonly draw: DrawSection;
}

/** The links of those who may `configure`, with a mark while something there needs them. */
export function OperationsSection({ draw }: OperationsSectionProps) {
  const { t } = useTranslation();
  return draw(t('operations.title'), [
    ['webhooks', t('operations.webhooks'), <WebhookMark key="mark" />],
    ['sync/configuration', t('operations.configuration')],
  ]);
}
