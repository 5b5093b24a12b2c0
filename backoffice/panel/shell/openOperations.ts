import type { ComponentType } from 'react';
import { addWords } from '../language/startLanguage.ts';
import { OperationsSection, type OperationsSectionProps } from './OperationsSection.tsx';

/** What only those see who may `configure`, once its words are there. */
export async function openOperations(): Promise<ComponentType<OperationsSectionProps>> {
  await addWords('operations', async (language) => ({
    operations:
      language === 'fr'
        ? (await import('../language/frOperations.ts')).frOperations
        : (await import('../language/enOperations.ts')).enOperations,
  }));
  return OperationsSection;
}
