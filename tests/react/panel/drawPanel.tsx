/** Draws the whole panel against a real Express stand-in, as a browser with cookies would. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { QueryClientProvider } from '@tanstack/react-query';
import { configure, render } from '@testing-library/react';
import userEvent, { type UserEvent } from '@testing-library/user-event';
import { EventSource } from 'eventsource';
import i18next from 'i18next';
import { I18nextProvider } from 'react-i18next';
import { createMemoryRouter, RouterProvider } from 'react-router-dom';
import { vi } from 'vitest';
import { createPanelServices } from '../../../backoffice/panel/data/createPanelServices.ts';
import { PanelServicesContext } from '../../../backoffice/panel/data/usePanelServices.ts';
import { dialogHost } from '../../../backoffice/panel/feedback/askUser.ts';
import { startLanguage } from '../../../backoffice/panel/language/startLanguage.ts';
import { panelRoutes } from '../../../backoffice/panel/start/createPanelRouter.tsx';
import type { JsonObject } from '../../../shared/json.ts';
import { createPanelStandIn, type PanelStandIn } from '../../helpers/panelStandIn.ts';

// The code of dialogs is loaded when it is first asked for, which takes a cold machine longer than a second.
configure({ asyncUtilTimeout: 8000 });
vi.setConfig({ testTimeout: 30_000 });

/** A panel that is drawn, and the backend behind it. */
export interface DrawnPanel {
  readonly standIn: PanelStandIn;
  readonly user: UserEvent;
  readonly signIn: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** The records that every test starts with. */
export const seed: Readonly<Record<string, readonly JsonObject[]>> = {
  settings: [
    {
      id: 'main',
      version: 1,
      companyName: 'TRU Group',
      tagline: 'Sobriety first.',
      email: 'hello@tru.example',
      phone: '+33 1',
      links: [{ id: 'l1', label: 'Press', url: 'https://tru.example/press' }],
    },
  ],
  team: [
    { id: 't1', version: 1, name: 'Élodie Noël', role: 'Developer', employeeId: 'E-1', views: 12 },
    { id: 't2', version: 1, name: 'Bruno Petit', role: 'Designer', employeeId: 'E-2', views: 7 },
  ],
  news: [{ id: 'n1', version: 3, publishedVersion: 2, title: 'Open day', category: 'event', body: '' }],
};

/** Draws the panel at an address below its mount. */
export async function drawPanel(address: string): Promise<DrawnPanel> {
  const standIn = createPanelStandIn(seed);
  const server = createServer(standIn.app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const backendUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const drawn = await drawPanelOf(backendUrl, address);
  return {
    ...drawn,
    standIn,
    close: async () => {
      await drawn.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Draws the panel of a backend that runs already. */
export async function drawPanelOf(
  backendUrl: string,
  address: string,
  password = 'secret',
): Promise<Omit<DrawnPanel, 'standIn'>> {
  const withCookies = cookieFetch(globalThis.fetch);
  vi.stubGlobal('fetch', withCookies);
  vi.stubGlobal(
    'EventSource',
    class extends EventSource {
      constructor(url: string) {
        super(url, { fetch: withCookies });
      }
    },
  );
  // The stand-in takes no sockets; waiting for one before the stream would only make every test slower.
  vi.stubGlobal('WebSocket', undefined);
  await startLanguage();
  // As after a moment of quiet: what suspends inside the `act` of a click is never tried again by React.
  dialogHost.want();
  const services = createPanelServices({ backendUrl, siteUrl: null, title: 'Back office' });
  const router = createMemoryRouter(panelRoutes, { initialEntries: [address] });
  const drawn = render(
    <I18nextProvider i18n={i18next}>
      <QueryClientProvider client={services.queries}>
        <PanelServicesContext value={services}>
          <RouterProvider router={router} />
        </PanelServicesContext>
      </QueryClientProvider>
    </I18nextProvider>,
  );
  const user = userEvent.setup();
  return {
    user,
    signIn: async () => {
      await user.type(await drawn.findByLabelText(/User name/), 'admin');
      await user.type(drawn.getByLabelText(/Password/), password);
      await user.click(drawn.getByRole('button', { name: 'Sign in' }));
    },
    close: async () => {
      drawn.unmount();
      services.live.stop();
      (await services.saves.open()).close();
      services.queries.clear();
      vi.unstubAllGlobals();
    },
  };
}

/** Node's fetch keeps no cookies and says no origin; a browser's does. */
function cookieFetch(plain: typeof fetch): typeof fetch {
  let cookie = '';
  return async (input, init) => {
    const headers = new Headers(init?.headers);
    if (cookie !== '') headers.set('cookie', cookie);
    if (typeof input === 'string') headers.set('origin', new URL(input).origin);
    const response = await plain(input, { ...init, headers });
    cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie;
    return response;
  };
}
