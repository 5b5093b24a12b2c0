import { act, screen, waitFor } from '@testing-library/react';
import { notifications } from '@mantine/notifications';
import { afterEach, expect, test } from 'vitest';
import { changeLanguage } from '../../../backoffice/panel/language/startLanguage.ts';
import { standInEndpoint } from '../../helpers/panelStandInWebhooks.ts';
import { drawPanel, type DrawnPanel } from './drawPanel.tsx';

let panel: DrawnPanel | undefined;
afterEach(async () => {
  act(hideToasts);
  await panel?.close();
  panel = undefined;
  localStorage.clear();
});

/** Each says that it goes, so that the next test begins with none. */
function hideToasts(): void {
  for (const { id } of document.querySelectorAll('.mantine-Notification-root')) notifications.hide(id);
}

const off = standInEndpoint('shop', { active: false, disabledReason: 'The receiver answered 410.' });
const held = standInEndpoint('away', { heldSince: '2026-03-01T09:00:00.000Z' });
const failing = standInEndpoint('blog', { failingSince: '2026-03-01T09:00:00.000Z' });
let made = 0;
const notice = (why: string) => ({
  id: `01890000-0000-7000-8000-00000000000${(made += 1)}`,
  title: 'Webhook switched off: The shop',
  message: 'The receiver answered 410.',
  type: 'error',
  code: 'webhook.off',
  values: { endpoint: 'shop', name: 'The shop', why },
  createdAt: '2026-03-01T09:00:00.000Z',
  readAt: null,
});

async function open(prepare: (standIn: DrawnPanel['standIn']) => void): Promise<DrawnPanel> {
  panel = await drawPanel('/team');
  prepare(panel.standIn);
  await panel.signIn();
  await screen.findByText('Live');
  return panel;
}
const links = () => screen.getAllByRole('link').map(({ textContent }) => textContent);

test('the link to the webhooks says how many are switched off, fail or cannot be called, and says nothing while all is well', async () => {
  const { standIn } = await open(({ webhooks: { endpoints } }) => {
    for (const endpoint of [off, failing, held, standInEndpoint('well'), standInEndpoint('paused', { active: false })])
      endpoints.set(endpoint.id, endpoint);
  });
  expect(await screen.findByRole('link', { name: /^Webhooks\s*,\s*3 need attention$/ })).toBeInTheDocument();
  await act(() => changeLanguage('fr'));
  expect(await screen.findByRole('link', { name: /^Webhooks\s*,\s*3 à vérifier$/ })).toBeInTheDocument();
  await act(() => changeLanguage('en'));
  standIn.webhooks.endpoints.clear();
  await panel?.user.click(screen.getByRole('link', { name: /Webhooks/ }));
  await waitFor(() => expect(screen.getByRole('link', { name: 'Webhooks' })).toBeInTheDocument());
});

test('who may not configure has no such link, and nothing is asked for him', async () => {
  const { standIn } = await open((of) => {
    of.mayConfigure = false;
    of.webhooks.endpoints.set('shop', off);
    of.notifications.push(notice('gone'));
  });
  await screen.findByText('Bruno Petit');
  expect(links().some((text) => text.includes('Webhooks'))).toBe(false);
  expect(standIn.webhooks.asked).toEqual([]);
  expect(standIn.notifications).toHaveLength(1);
});

test.each([
  ['gone', 'asked for no more calls'],
  ['failing', 'took nothing for days'],
  ['other', 'It is called no more'],
])('what was told while nobody was here is told at the start: %s', async (why, words) => {
  await open(({ notifications: stored }) => void stored.push(notice(why)));
  const toast = (await screen.findByText(/Webhook switched off: The shop/)).closest('[role]');
  expect(toast).toHaveAttribute('role', 'alert');
  expect(toast).toHaveTextContent(words);
});

test.each([
  ['gone', 'ne veut plus d’appels'],
  ['failing', 'n’a rien reçu'],
  ['other', 'Il n’est plus appelé'],
])('and in French to who reads French: %s', async (why, words) => {
  localStorage.setItem('backoffice-sync.language', 'fr');
  panel = await drawPanel('/team');
  panel.standIn.notifications.push(notice(why));
  await panel.user.type(await screen.findByLabelText(/utilisateur/i), 'admin');
  await panel.user.type(screen.getByLabelText(/mot de passe/i), 'secret');
  await panel.user.click(screen.getByRole('button', { name: /connecter/i }));
  expect((await screen.findByText(/Webhook désactivé\s: The shop/)).closest('[role]')).toHaveTextContent(words);
  await act(() => changeLanguage('en'));
});

test('of a name that nobody answers for it is told too, in the language of the screen', async () => {
  await open(({ notifications: stored }) => {
    const values = { endpoint: 'shop', name: 'The shop', since: '2026-03-01T09:00:00.000Z' };
    stored.push({ ...notice(''), title: 'As the server says it', code: 'webhook.held', values });
  });
  const toast = (await screen.findByText(/Webhook not called: The shop/)).closest('[role]');
  expect(toast).toHaveTextContent('Nobody answers for the name in its address');
});

test('it is read once it was shown, and one that came live before is not shown a second time', async () => {
  const { standIn, user } = await open(() => undefined);
  const told = notice('gone');
  standIn.notify(told);
  await user.click(
    (await screen.findByText(/Webhook switched off/)).closest('[role]')?.querySelector('button') as HTMLElement,
  );
  await waitFor(() => expect(screen.queryByText(/Webhook switched off/)).not.toBeInTheDocument());
  standIn.notifications.push(told);
  standIn.webhooks.endpoints.set('shop', off);
  await user.click(await screen.findByRole('link', { name: 'Webhooks' }));
  await waitFor(() => expect(standIn.notifications).toEqual([]));
  expect(screen.queryByText(/Webhook switched off/)).not.toBeInTheDocument();
});
