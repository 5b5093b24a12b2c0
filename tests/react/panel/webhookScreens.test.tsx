import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { changeLanguage } from '../../../backoffice/panel/language/startLanguage.ts';
import { standInDelivery, standInEndpoint } from '../../helpers/panelStandInWebhooks.ts';
import { drawPanel, type DrawnPanel } from './drawPanel.tsx';

let panel: DrawnPanel | undefined;
afterEach(async () => {
  vi.useRealTimers();
  await panel?.close();
  panel = undefined;
  localStorage.clear();
});

async function open(address: string, arrange?: (panel: DrawnPanel) => void): Promise<DrawnPanel> {
  panel = await drawPanel(address);
  arrange?.(panel);
  await panel.signIn();
  return panel;
}

const unanswered = { at: '2026-03-01T09:00:00.000Z', status: null, error: 'NAME_UNANSWERED: No name server answered.' };
const site = standInEndpoint('site', { description: 'The public site' });
const withSite = ({ standIn: { webhooks } }: DrawnPanel) => void webhooks.endpoints.set(site.id, site);

describe('the list of webhooks', () => {
  test('is offered to whoever may configure, and to nobody else', async () => {
    await open('/team');
    const nav = await screen.findByRole('navigation', { name: 'Main navigation' });
    expect(await within(nav).findByRole('link', { name: 'Webhooks' })).toHaveAttribute('href', '/webhooks');
    expect(within(nav).getByRole('link', { name: 'Configuration' })).toHaveAttribute('href', '/sync/configuration');
    await panel?.close();
    await open('/webhooks', ({ standIn }) => (standIn.mayConfigure = false));
    expect(await screen.findByText(/You are not allowed to see this/)).toBeInTheDocument();
    expect(screen.queryByRole('link', { name: 'Webhooks' })).not.toBeInTheDocument();
  });

  test('says in words how each one is doing', async () => {
    const at = new Date().toISOString();
    const lastDelivery = { at, status: 500, error: 'The receiver answered 500.' };
    await open('/webhooks', ({ standIn: { webhooks } }) => {
      for (const endpoint of [
        standInEndpoint('fresh'),
        standInEndpoint('works', { lastDelivery: { at, status: 200, error: null } }),
        standInEndpoint('waits', { pending: 2, nextAttemptAt: at }),
        standInEndpoint('fails', { failingSince: at, nextAttemptAt: at, pending: 1, lastDelivery }),
        standInEndpoint('rests', { active: false }),
        standInEndpoint('gone', { active: false, disabledReason: 'The receiver answered 410.' }),
      ])
        webhooks.endpoints.set(endpoint.id, endpoint);
    });
    const row = async (name: string) =>
      (await screen.findByRole('link', { name: `${name}.example` })).closest('tr') as HTMLElement;
    expect(await row('fresh')).toHaveTextContent('Ready, nothing was sent yet');
    expect(await row('works')).toHaveTextContent('Works');
    expect(await row('waits')).toHaveTextContent(/2 deliveries waiting.*Next attempt: /);
    expect(await row('fails')).toHaveTextContent(/Failing.*Failing since: .*1 delivery waiting.*Next attempt: /);
    expect(await row('rests')).toHaveTextContent('Paused');
    expect(await row('gone')).toHaveTextContent('Switched off');
  });

  test('says so where a receiver cannot be called, where it asked for patience, and where it shows what is old', async () => {
    const at = new Date().toISOString();
    const later = new Date(Date.now() + 3_600_000).toISOString();
    const busy = { at, status: 429, error: 'The receiver answered 429.' };
    await open('/webhooks', ({ standIn: { webhooks } }) => {
      for (const endpoint of [
        standInEndpoint('silent', { lastDelivery: unanswered, pending: 1, nextAttemptAt: at, heldSince: at }),
        standInEndpoint('newly', { lastDelivery: unanswered, pending: 1, nextAttemptAt: at }),
        standInEndpoint('busy', { failingSince: at, quietUntil: later, nextAttemptAt: later, lastDelivery: busy }),
        standInEndpoint('old', { lastDelivery: { at, status: 200, error: null, version: 4, shownVersion: 1 } }),
        standInEndpoint('new', { lastDelivery: { at, status: 200, error: null, version: 4, shownVersion: 4 } }),
      ])
        webhooks.endpoints.set(endpoint.id, endpoint);
    });
    const row = async (name: string) =>
      (await screen.findByRole('link', { name: `${name}.example` })).closest('tr') as HTMLElement;
    const names = /Our name servers did not answer.*1 delivery waiting.*Next attempt: /;
    expect(await row('silent')).toHaveTextContent(names);
    expect(await row('silent')).toHaveTextContent(/Cannot be called since: /);
    expect(await row('newly')).toHaveTextContent(names);
    expect(await row('busy')).toHaveTextContent(/Failing.*The receiver asked not to be called before: /);
    expect(await row('busy')).not.toHaveTextContent('Next attempt');
    expect(await row('old')).toHaveTextContent(/Shows an older version.*Shown: version 1\. Sent: version 4\./);
    expect(await row('new')).toHaveTextContent('Works');
  });

  test('has one thing to do when it is empty', async () => {
    await open('/webhooks');
    expect(await screen.findByText(/No webhook yet/)).toBeInTheDocument();
    expect(screen.getAllByRole('link', { name: 'Add a webhook' })).toHaveLength(1);
  });
});

describe('a new webhook', () => {
  test('is sent as it was filled in, and its secret is shown once and not left by accident', async () => {
    const { user, standIn } = await open('/webhooks/new');
    await user.type(await screen.findByLabelText(/^Address/), 'https://site.example/hooks');
    await user.type(screen.getByLabelText('Description (optional)'), 'The site');
    await user.click(screen.getByRole('radio', { name: 'Only some content' }));
    await user.click(screen.getByRole('checkbox', { name: 'Team' }));
    await user.click(screen.getByRole('checkbox', { name: 'Deletions' }));
    await user.click(screen.getByRole('radio', { name: 'Only some fields' }));
    await user.click(screen.getByRole('checkbox', { name: 'Role' }));
    await user.click(screen.getByRole('button', { name: 'Add' }));

    const secret = await screen.findByLabelText('Secret');
    expect(secret).toHaveValue('whsec_c2hvd24gb25jZQ');
    expect(secret).toHaveAccessibleDescription(/shown only now/);
    expect(standIn.webhooks.asked.find(({ method }) => method === 'POST')?.body).toEqual({
      url: 'https://site.example/hooks',
      description: 'The site',
      resources: ['team'],
      events: ['created', 'updated'],
      fields: ['role'],
    });

    await user.click(screen.getByRole('link', { name: 'Webhooks', current: false }));
    const question = await screen.findByRole('dialog', { name: 'Leave without the secret?' });
    await user.click(within(question).getByRole('button', { name: 'Stay here' }));
    expect(secret).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Done' }));
    expect(screen.getByRole('checkbox', { name: 'I have stored it' })).toHaveFocus();
    expect(secret).toBeInTheDocument();
    await user.click(screen.getByRole('checkbox', { name: 'I have stored it' }));
    await user.click(screen.getByRole('button', { name: 'Done' }));
    expect(await screen.findByRole('heading', { name: 'The site', level: 1 })).toBeInTheDocument();
    expect(screen.queryByDisplayValue(/whsec_/)).not.toBeInTheDocument();
  });

  test('says beside the field what is missing, and what the server refuses', async () => {
    const { user, standIn } = await open('/webhooks/new');
    const address = await screen.findByLabelText(/^Address/);
    await user.click(screen.getByRole('button', { name: 'Add' }));
    expect(address).toHaveAccessibleDescription(/Enter the address\./);
    expect(address).toHaveFocus();
    await user.type(address, 'https://intranet.example');
    standIn.webhooks.refusal = { status: 422, code: 'ENDPOINT_REFUSED' };
    await user.click(screen.getByRole('button', { name: 'Add' }));
    await waitFor(() => expect(address).toHaveAccessibleDescription(/has to be on the public internet/));
    expect(address).toHaveFocus();
    expect(address).toHaveValue('https://intranet.example');
    await user.click(screen.getByRole('radio', { name: 'Only some content' }));
    await user.click(screen.getByRole('checkbox', { name: 'News' }));
    const errors = [{ path: '/resources/0', code: 'not_public', message: '"news" is not public.' }];
    standIn.webhooks.refusal = { status: 422, code: 'INVALID', errors };
    await user.click(screen.getByRole('button', { name: 'Add' }));
    expect(await screen.findByText('Not public, so it cannot be announced: News')).toBeInTheDocument();
  });

  test('asks before what was typed is left', async () => {
    const { user } = await open('/webhooks/new');
    await user.type(await screen.findByLabelText(/^Address/), 'https://site.example');
    await user.click(screen.getByRole('link', { name: 'Cancel' }));
    const question = await screen.findByRole('dialog', { name: 'Leave without saving?' });
    await user.click(within(question).getByRole('button', { name: 'Leave without saving' }));
    expect(await screen.findByText(/No webhook yet/)).toBeInTheDocument();
  });
});

describe('one webhook', () => {
  test('whose name nobody answers for says what that means, and the details have the server’s words', async () => {
    const held = { ...site, pending: 1, lastDelivery: unanswered };
    await open('/webhooks/site', ({ standIn: { webhooks } }) => void webhooks.endpoints.set(site.id, held));
    expect(await screen.findByText('Our name servers did not answer')).toBeInTheDocument();
    expect(screen.getByText(/Nobody was called, and it does not count against the receiver/)).toBeInTheDocument();
    expect(screen.getByText(/^NAME_UNANSWERED/)).toHaveAttribute('lang', 'en');
  });

  test.each([
    ['gone', /wants no more calls/],
    ['failing', /took nothing for several days/],
    ['other', /The details say why/],
    [undefined, /The details say why/],
  ] as const)(
    'that was switched off says why by the code of the server, whatever the words say: %s',
    async (code, words) => {
      const disabledReason = 'The name "410.example.com" was not found for 5 days.';
      const off = { ...site, active: false, disabledReason, ...(code === undefined ? {} : { disabledCode: code }) };
      await open('/webhooks/site', ({ standIn: { webhooks } }) => void webhooks.endpoints.set(site.id, off));
      expect(await screen.findByText(words)).toBeInTheDocument();
    },
  );

  test('a test says at once in words how it ended', async () => {
    const { user, standIn } = await open('/webhooks/site', withSite);
    await user.click(await screen.findByRole('button', { name: 'Send a test' }));
    expect(await screen.findByText('Result: Delivered')).toBeInTheDocument();
    standIn.webhooks.outcome = { outcome: 'failed', status: null, error: 'The connection failed: ECONNREFUSED.' };
    await user.click(screen.getByRole('button', { name: 'Send a test' }));
    expect(await screen.findByText('Result: Nobody answers')).toBeInTheDocument();
    expect(screen.getByText(/Check that the receiver is running/)).toBeInTheDocument();
  });

  test('is paused and resumed, and one that was switched off is switched on again', async () => {
    const { user, standIn } = await open('/webhooks/site', withSite);
    const { endpoints } = standIn.webhooks;
    await user.click(await screen.findByRole('button', { name: 'Pause' }));
    expect(await screen.findByText('Paused: nothing is sent.')).toBeInTheDocument();
    expect(endpoints.get('site')?.active).toBe(false);
    await user.click(await screen.findByRole('button', { name: 'Resume' }));
    await waitFor(() => expect(endpoints.get('site')?.active).toBe(true));
    await panel?.close();
    await open('/webhooks/site', ({ standIn: { webhooks } }) => {
      const disabledReason = 'Nothing was taken for 5 days; the last error: The receiver answered 500.';
      webhooks.endpoints.set('site', { ...site, active: false, disabledReason, disabledCode: 'failing' });
    });
    expect(await screen.findByText(/took nothing for several days/)).toBeInTheDocument();
    await panel?.user.click(screen.getByRole('button', { name: 'Switch on again' }));
    await waitFor(() => expect(screen.queryByText('Switched off')).not.toBeInTheDocument());
  });

  test('a secret is replaced after a question, shown once, and both signatures are announced', async () => {
    const { user } = await open('/webhooks/site', withSite);
    await user.click(await screen.findByRole('button', { name: 'Replace the secret' }));
    const question = await screen.findByRole('dialog', { name: 'Replace the secret?' });
    await user.click(within(question).getByRole('button', { name: 'Replace' }));
    expect(await screen.findByLabelText('Secret')).toHaveValue('whsec_cmVwbGFjZWQ');
    await user.click(screen.getByRole('checkbox', { name: 'I have stored it' }));
    await user.click(screen.getByRole('button', { name: 'Done' }));
    expect(await screen.findByText(/the calls are signed with both/)).toBeInTheDocument();
    expect(screen.queryByDisplayValue(/whsec_/)).not.toBeInTheDocument();
  });

  test('everything since a moment is sent again, and how much that is', async () => {
    const { user, standIn } = await open('/webhooks/site', withSite);
    await user.click(await screen.findByRole('button', { name: 'Send again since…' }));
    const since = screen.getByLabelText('Since');
    expect(since).toHaveFocus();
    await user.clear(since);
    await user.click(screen.getByRole('button', { name: 'Send again' }));
    expect(since).toHaveAccessibleDescription('Enter day and time.');
    await user.type(since, '2026-03-01T10:30');
    await user.click(screen.getByRole('button', { name: 'Send again' }));
    expect(await screen.findByText('3 records are sent again.')).toBeInTheDocument();
    expect(standIn.webhooks.asked.find(({ path }) => path === '/site/replay')?.body).toEqual({
      since: new Date('2026-03-01T10:30').toISOString(),
    });
  });

  test('is deleted after a question that names it', async () => {
    const { user, standIn } = await open('/webhooks/site', withSite);
    await user.click(await screen.findByRole('button', { name: 'Delete' }));
    const question = await screen.findByRole('dialog', { name: 'Delete the webhook “The public site”?' });
    expect(question).toHaveTextContent('https://site.example/webhooks');
    await user.click(within(question).getByRole('button', { name: 'Delete' }));
    expect(await screen.findByText(/No webhook yet/)).toBeInTheDocument();
    expect(standIn.webhooks.endpoints.size).toBe(0);
  });

  test('an edit sends every filter, and null for all', async () => {
    const { user, standIn } = await open('/webhooks/site/edit', ({ standIn: { webhooks } }) => {
      webhooks.endpoints.set('site', { ...site, resources: ['team'], fields: ['role'] });
    });
    await user.click(await screen.findByRole('radio', { name: 'All public fields' }));
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() =>
      expect(standIn.webhooks.asked.find(({ method }) => method === 'PATCH')?.body).toEqual({
        url: site.url,
        description: 'The public site',
        resources: ['team'],
        events: null,
        fields: null,
      }),
    );
    expect(await screen.findByRole('heading', { name: 'The public site', level: 1 })).toBeInTheDocument();
  });

  test('an action goes on after the session has ended and somebody signed in again', async () => {
    const { user, standIn, signIn } = await open('/webhooks/site', withSite);
    const button = await screen.findByRole('button', { name: 'Send a test' });
    standIn.signOutAll();
    await user.click(button);
    await screen.findByRole('dialog', { name: 'Your session has ended' });
    await signIn();
    expect(await screen.findByText('Result: Delivered')).toBeInTheDocument();
  });
});

test('a failed delivery that lies far back is reached, though the first answers have none', async () => {
  const { user } = await open('/webhooks/site?outcome=failed', (drawn) => {
    withSite(drawn);
    const failed = standInDelivery('d-old', { outcome: 'failed', status: 500, error: 'The receiver answered 500.' });
    drawn.standIn.webhooks.deliveries.set('site', [failed]);
    drawn.standIn.webhooks.emptyPages = 2;
  });
  expect(await screen.findByText(/No failed delivery among the newest ones/)).toBeInTheDocument();
  for (const asked of [1, 2]) {
    await waitFor(() => expect(screen.getByRole('button', { name: 'Show more' })).toBeEnabled());
    await user.click(screen.getByRole('button', { name: 'Show more' }));
    const { webhooks } = panel?.standIn ?? {};
    await waitFor(() => expect(webhooks?.asked.some(({ path }) => path.endsWith(`empty=${asked}`))).toBe(true));
  }
  expect(await screen.findByRole('link', { name: /2026/ })).toBeInTheDocument();
  expect(screen.queryByText(/No failed delivery among/)).not.toBeInTheDocument();
});

describe('deliveries', () => {
  const failed = standInDelivery('d-failed', {
    outcome: 'failed',
    status: 401,
    error: 'The receiver answered 401.',
    nextAttemptAt: new Date(Date.now() + 60_000).toISOString(),
    request: {
      url: site.url,
      headers: { 'webhook-id': 'msg_1', 'webhook-signature': 'v1,abc' },
      body: '{"type":"team.updated"}',
      bodyBytes: 23,
    },
    answer: { headers: { 'content-type': 'text/plain' }, body: 'wrong signature', bodyBytes: 15 },
  });
  const withDeliveries = (drawn: DrawnPanel) => {
    withSite(drawn);
    const others = Array.from({ length: 60 }, (_, at) => standInDelivery(`d-${at}`, { recordId: `record-${at}` }));
    drawn.standIn.webhooks.deliveries.set('site', [...others, failed]);
  };

  test('come page by page, and the failed ones alone', async () => {
    const { user } = await open('/webhooks/site', withDeliveries);
    expect(await screen.findByText('record-49')).toBeInTheDocument();
    expect(screen.queryByText('record-50')).not.toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Show more' }));
    expect(await screen.findByText('record-59')).toBeInTheDocument();
    await user.click(screen.getByRole('checkbox', { name: 'Only failed' }));
    await waitFor(() => expect(screen.queryByText('record-1')).not.toBeInTheDocument());
    expect(screen.getByText('Refused by the receiver')).toBeInTheDocument();
    expect(screen.getByText('Team: changed')).toBeInTheDocument();
    expect(screen.getByText('versions 2 to 3')).toBeInTheDocument();
  });

  test.each([false, true])(
    'that come while somebody reads older ones are announced, and shown when he asks: only failed %s',
    async (onlyFailed) => {
      const outcome = onlyFailed ? ({ outcome: 'failed', status: 500 } as const) : {};
      const { standIn } = await open(`/webhooks/site${onlyFailed ? '?outcome=failed' : ''}`, (drawn) => {
        withSite(drawn);
        const all = Array.from({ length: 60 }, (_, at) =>
          standInDelivery(`d-${at}`, { recordId: `record-${at}`, ...outcome }),
        );
        drawn.standIn.webhooks.deliveries.set('site', all);
      });
      await screen.findByText('record-49');
      vi.useFakeTimers({
        shouldAdvanceTime: true,
        toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'],
      });
      fireEvent.click(screen.getByRole('button', { name: 'Show more' }));
      await screen.findByText('record-59');
      await act(() => vi.advanceTimersByTimeAsync(11_000));
      expect(screen.queryByText(/Newer deliveries/)).not.toBeInTheDocument();
      const known = standIn.webhooks.deliveries.get('site') ?? [];
      standIn.webhooks.deliveries.set('site', [
        standInDelivery('d-new', { recordId: 'record-new', ...outcome }),
        ...known,
      ]);
      await act(() => vi.advanceTimersByTimeAsync(11_000));
      expect(await screen.findByText(/Newer deliveries/)).toHaveAttribute('role', 'status');
      expect(screen.queryByText('record-new')).not.toBeInTheDocument();
      fireEvent.click(screen.getByRole('button', { name: 'Refresh' }));
      expect(await screen.findByText('record-new')).toBeInTheDocument();
      await waitFor(() => expect(screen.queryByText(/Newer deliveries/)).not.toBeInTheDocument());
    },
  );

  test('a failed one says what happened and what to do, shows what was sent, and is sent again', async () => {
    const { user } = await open('/webhooks/site/deliveries/d-failed', withDeliveries);
    expect(await screen.findByText('Result: Refused by the receiver')).toBeInTheDocument();
    expect(screen.getByText(/did not accept the signature/)).toHaveTextContent('It answered 401 after 340 ms.');
    expect(screen.getByText(/tried again by itself/)).toBeInTheDocument();
    expect(screen.getByText(/"type": "team.updated"/)).toBeInTheDocument();
    expect(screen.getByText('wrong signature')).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'Open the record' })).toHaveAttribute('href', '/team/t1');
    await user.click(screen.getByRole('button', { name: 'Send again' }));
    expect(await screen.findByText('Result: Delivered')).toBeInTheDocument();
  });

  test('and everything around them is in French too, also when the language changes on the screen', async () => {
    await open('/webhooks/site/deliveries/d-failed', withDeliveries);
    await screen.findByText('Result: Refused by the receiver');
    await changeLanguage('fr');
    expect(await screen.findByText(/^Résultat\s: Refusé par le destinataire$/)).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Renvoyer' })).toBeInTheDocument();
    expect(document.body.textContent).not.toMatch(/webhooks\.\w/);
    await changeLanguage('en');
  });
});
