import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { QueryClientProvider } from '@tanstack/react-query';
import { configure, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
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
  lateBecause: null,
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
  why: null,
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
/** What was asked to be told again. */
let resends: { readonly endpoint: string; readonly body: unknown }[];
let refuseResend: boolean;
let resendOutcome: 'delivered' | 'failed';

beforeEach(async () => {
  [asked, mayConfigure] = [0, true];
  [resends, refuseResend, resendOutcome] = [[], false, 'delivered'];
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
  app.post('/api/webhooks/:id/resend', express.json(), (request, response) => {
    if (refuseResend) return void response.status(503).json({ code: 'STORE_UNAVAILABLE', title: '', status: 503 });
    resends.push({ endpoint: request.params.id, body: request.body as unknown });
    response.json({ outcome: resendOutcome });
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

it('a save is sent, then shown with the time that this took, and is asked about once more, when it would be late', async () => {
  answers = [{ state: 'sent' }, { state: 'shown', shownAfterMs: 240 }];
  const { container } = await draw();
  await screen.findByText('sent to the site');
  const words = await screen.findByText('shown on the site after 0.2 sec');
  expect(words.getAttribute('role')).toBe('status');
  expect(container.querySelector('[data-reach=shown]')).not.toBeNull();
  await expect.poll(() => asked, { timeout: 5000 }).toBe(3);
});

it('a save that one page shows and another site cannot be told of is late in the end', async () => {
  answers = [
    { state: 'shown', shownAfterMs: 240, lateAfterMs: 100 },
    { state: 'late', lateBecause: 'callFails', endpoints: [failing] },
  ];
  await draw();
  await screen.findByText('shown on the site after 0.2 sec');
  await screen.findByText('a site could not be told');
  expect(asked).toBe(2);
});

it('who may sends a late save again by keyboard, to each endpoint that lacks it, and sees how that ends', async () => {
  const old = { ...failing, id: 'e2', description: 'The shop', state: 'sent', shownVersion: 4 } as const;
  const paused = { ...failing, id: 'e3', description: 'Resting', state: 'paused' } as const;
  answers = [{ state: 'late', endpoints: [failing, old, paused] }];
  await draw();
  const button = await screen.findByRole('button', { name: 'Send again to www.example.com' });
  expect(screen.getAllByRole('button').map(({ textContent }) => textContent)).toEqual([
    'Send again to www.example.com',
    'Send again to The shop',
  ]);
  const user = userEvent.setup();
  button.focus();
  await user.keyboard('{Enter}');
  const words = await screen.findByText('sent again, waiting for the answer…');
  expect(resends).toEqual([{ endpoint: 'e1', body: { resource: 'settings', id: 'main' } }]);
  expect(document.activeElement).toBe(words);
  expect(screen.queryByRole('button', { name: 'Send again to www.example.com' })).toBeNull();
  expect(screen.getByRole('button', { name: 'Send again to The shop' })).toBeTruthy();
  answers = [{ state: 'shown', shownAfterMs: 9000, endpoints: [{ ...failing, state: 'sent' }] }];
  await screen.findByText('shown on the site after 9 sec');
  expect(screen.queryByRole('button')).toBeNull();
});

it('a resend that is refused says so and can be tried again, in French too', async () => {
  await changeLanguage('fr');
  refuseResend = true;
  answers = [{ state: 'late', endpoints: [failing] }];
  await draw();
  const user = userEvent.setup();
  await user.click(await screen.findByRole('button', { name: 'Renvoyer à www.example.com' }));
  expect((await screen.findByRole('alert')).textContent).toContain('La demande n’a pas abouti');
  refuseResend = false;
  await user.click(screen.getByRole('button', { name: 'Renvoyer à www.example.com' }));
  await screen.findByText('renvoyé, en attente de la réponse…');
});

it('a resend that the receiver does not take is no promise: the button stays', async () => {
  resendOutcome = 'failed';
  answers = [{ state: 'late', endpoints: [failing] }];
  await draw();
  const user = userEvent.setup();
  await user.click(await screen.findByRole('button', { name: 'Send again to www.example.com' }));
  expect((await screen.findByRole('alert')).textContent).toContain('It did not get through.');
  expect(screen.getByRole('button', { name: 'Send again to www.example.com' })).toBeTruthy();
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
  answers = [{ state: 'late', lateBecause: 'callFails', endpoints: [failing] }];
  await draw();
  await screen.findByText('a site could not be told');
  expect((await screen.findByText('See the webhooks')).getAttribute('href')).toBe('/webhooks');
});

it.each([
  ['olderShown', 'the site still shows an older version'],
  ['callFails', 'a site could not be told'],
  ['callWaits', 'a site has not been told yet'],
] as const)('who may not configure, and sees no endpoint, is told why it is late: %s', async (lateBecause, words) => {
  mayConfigure = false;
  // A page that came with the old text in time is not why.
  const browsers = { reports: 0, medianMs: null, older: { version: 4, at: saved.savedAt } };
  answers = [{ state: 'late', lateBecause, browsers, endpoints: [] }];
  await draw();
  await screen.findByText(words);
});

it('who may not configure is told of an old copy without a way that he cannot go', async () => {
  mayConfigure = false;
  answers = [
    {
      state: 'late',
      lateBecause: 'olderShown',
      browsers: { reports: 0, medianMs: null, older: { version: 4, at: saved.savedAt } },
      endpoints: [failing],
    },
  ];
  await draw();
  await screen.findByText('the site still shows an older version');
  expect(screen.queryByText('See the webhooks')).toBeNull();
  expect(screen.queryByRole('button')).toBeNull();
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
