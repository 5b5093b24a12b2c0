import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { QueryClientProvider } from '@tanstack/react-query';
import { configure, render, screen } from '@testing-library/react';
import express from 'express';
import i18next from 'i18next';
import { I18nextProvider } from 'react-i18next';
import { MemoryRouter } from 'react-router-dom';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createPanelServices } from '../../../backoffice/panel/data/createPanelServices.ts';
import { PanelServicesContext } from '../../../backoffice/panel/data/usePanelServices.ts';
import { changeLanguage, startLanguage } from '../../../backoffice/panel/language/startLanguage.ts';
import { openReach } from '../../../backoffice/panel/reach/openReach.ts';
import type { Reach } from '../../../shared/protocol/reach.ts';

configure({ asyncUtilTimeout: 8000 });

const saved: Reach = {
  resource: 'settings',
  id: 'main',
  version: 5,
  savedAt: '2026-03-01T09:00:00.000Z',
  state: 'saved',
  reason: null,
  shownAfterMs: null,
  lateAfterMs: 0,
  followers: 0,
  browsers: { reports: 0, medianMs: null, older: null },
  endpoints: [],
};
const failing: Reach['endpoints'][number] = {
  id: 'e1',
  server: 'https://www.example.com',
  description: '',
  state: 'failed',
  version: null,
  at: null,
  durationMs: null,
  shownVersion: null,
  error: 'The receiver answered 500.',
  nextAttemptAt: null,
};

let server: Server;
let backendUrl: string;
/** What is answered, one after the other; the last one again and again. */
let answers: readonly (Partial<Reach> | number)[];
let asked: number;
let mayConfigure: boolean;

beforeEach(async () => {
  [asked, mayConfigure] = [0, true];
  const app = express();
  app.get('/api/settings/reach', (_request, response) => {
    const answer = answers[Math.min(asked, answers.length - 1)] ?? 500;
    asked += 1;
    if (typeof answer === 'number')
      response.status(answer).json({ code: 'STORE_UNAVAILABLE', title: '', status: answer });
    else response.json({ ...saved, ...answer });
  });
  app.get('/api/sync/configuration', (_request, response) => {
    response.json({ resources: [], permissions: { configure: mayConfigure } });
  });
  app.get('/api/sync/status', (_request, response) => void response.json({ status: 'ok' }));
  server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  backendUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await startLanguage();
  await changeLanguage('en');
});
afterEach(() => server.close());

async function draw(version = 5) {
  const SaveReach = await openReach();
  const services = createPanelServices({ backendUrl, siteUrl: null, title: 'Back office' });
  const page = (shown: number) => (
    <I18nextProvider i18n={i18next}>
      <QueryClientProvider client={services.queries}>
        <PanelServicesContext value={services}>
          <MemoryRouter>
            <SaveReach url="/api/settings" version={shown} />
          </MemoryRouter>
        </PanelServicesContext>
      </QueryClientProvider>
    </I18nextProvider>
  );
  const drawn = render(page(version));
  return { ...drawn, show: (shown: number) => drawn.rerender(page(shown)) };
}

it('a save is sent, then shown with the time that this took, and is not asked about again', async () => {
  answers = [{ state: 'sent' }, { state: 'shown', shownAfterMs: 240 }];
  const { container } = await draw();
  await screen.findByText('sent to the site');
  const words = await screen.findByText('shown on the site after 0.2 sec');
  expect(words.getAttribute('role')).toBe('status');
  expect(container.querySelector('[data-reach=shown]')).not.toBeNull();
  expect(asked).toBe(2);
});

it('in French as well', async () => {
  await changeLanguage('fr');
  answers = [{ state: 'shown', shownAfterMs: 240 }];
  await draw();
  await screen.findByText((text) => text.replaceAll(/\s/g, ' ') === 'affiché sur le site en 0,2 s');
});

it('an answer about an older version, and no answer, say nothing about this one', async () => {
  answers = [{ version: 4, state: 'shown' }, 503, { state: 'sent' }];
  const { container } = await draw();
  await screen.findByText('sent to the site');
  expect(container.textContent).toBe('sent to the site');
  expect(asked).toBe(3);
});

it('a late save says whether a site shows an old copy or could not be told, and who may leads to the webhooks', async () => {
  answers = [{ state: 'late', endpoints: [failing] }];
  await draw();
  await screen.findByText('a site could not be told');
  expect((await screen.findByText('See the webhooks')).getAttribute('href')).toBe('/webhooks');
});

it('who may not configure is told of an old copy without a way that he cannot go', async () => {
  mayConfigure = false;
  answers = [
    {
      state: 'late',
      browsers: { reports: 0, medianMs: null, older: { version: 4, at: saved.savedAt } },
      endpoints: [failing],
    },
  ];
  await draw();
  await screen.findByText('the site still shows an older version');
  expect(screen.queryByText('See the webhooks')).toBeNull();
});

it('of a draft nothing is said, and of a hidden change that there is nothing to see', async () => {
  answers = [{ state: 'untold', reason: 'draft' }];
  const { container, show } = await draw();
  await expect.poll(() => asked).toBe(1);
  expect(container.textContent).toBe('');
  answers = [{ version: 6, state: 'untold', reason: 'hidden' }];
  show(6);
  await screen.findByText('nothing that the site shows has changed');
});
