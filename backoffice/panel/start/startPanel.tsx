/** Puts the panel on the page. */
import { QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';
import { RouterProvider } from 'react-router-dom';
import { createPanelServices } from '../data/createPanelServices.ts';
import { PanelServicesContext } from '../data/usePanelServices.ts';
import { startLanguage } from '../language/startLanguage.ts';
import { colorScheme } from '../look/colorScheme.ts';
import { createPanelRouter } from './createPanelRouter.tsx';
import { loadPanelConfig } from './loadPanelConfig.ts';
import { panelBase } from './panelBase.ts';

/** Starts once the words and the configuration are there; both are asked for at the same time. */
export async function startPanel(root: HTMLElement): Promise<void> {
  const base = panelBase();
  colorScheme.start();
  const [config, i18n] = await Promise.all([loadPanelConfig(base), startLanguage()]);
  const services = createPanelServices(config);
  const router = createPanelRouter(base);
  createRoot(root).render(
    <I18nextProvider i18n={i18n}>
      <QueryClientProvider client={services.queries}>
        <PanelServicesContext value={services}>
          <RouterProvider router={router} />
        </PanelServicesContext>
      </QueryClientProvider>
    </I18nextProvider>,
  );
}
