import type { ComponentType } from 'react';
import { addWords } from '../language/startLanguage.ts';
import { OperationScreens } from './OperationScreens.tsx';

/** The screens for who may `configure`, once their words are there; they come as one file, of which others load nothing. */
export async function openOperations(): Promise<ComponentType> {
  await addWords('webhooks', async (language) => {
    if (language === 'fr') {
      const [{ frWebhooks }, { frConfiguration }] = await Promise.all([
        import('../language/frWebhooks.ts'),
        import('../language/frConfiguration.ts'),
      ]);
      return { webhooks: frWebhooks, configuration: frConfiguration };
    }
    const [{ enWebhooks }, { enConfiguration }] = await Promise.all([
      import('../language/enWebhooks.ts'),
      import('../language/enConfiguration.ts'),
    ]);
    return { webhooks: enWebhooks, configuration: enConfiguration };
  });
  return OperationScreens;
}
