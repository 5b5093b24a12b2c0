import { screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, test } from 'vitest';
import { drawPanel, type DrawnPanel } from './drawPanel.tsx';

let panel: DrawnPanel | undefined;
afterEach(async () => {
  await panel?.close();
  panel = undefined;
});

async function openSettings(): Promise<DrawnPanel> {
  panel = await drawPanel('/settings');
  await panel.signIn();
  await screen.findByRole('heading', { name: 'Settings', level: 1 });
  await screen.findByText('Live');
  return panel;
}

const company = () => screen.getByLabelText<HTMLInputElement>(/Company name/);
const retype = async ({ user }: DrawnPanel, field: HTMLElement, text: string) => {
  await user.clear(field);
  await user.type(field, text);
};
const stored = ({ standIn }: DrawnPanel) => standIn.records.get('settings')?.get('main');

describe('the settings screen', () => {
  test('a save sends only the fields that were touched, and says that it is saved', async () => {
    const drawn = await openSettings();
    await retype(drawn, company(), 'TRU');
    expect(screen.getAllByText('1 unsaved change')).not.toHaveLength(0);
    drawn.standIn.saveAs('Bruno', 'settings', 'main', { phone: '+33 2' });
    await drawn.user.keyboard('{Control>}s{/Control}');
    await waitFor(() => expect(stored(drawn)).toMatchObject({ companyName: 'TRU', phone: '+33 2' }));
    expect(await screen.findByText('Saved. Bruno’s change of Phone was kept.')).toBeInTheDocument();
  });

  test('a colleague’s save shows in the fields that nobody touches, with who made it', async () => {
    const drawn = await openSettings();
    await retype(drawn, company(), 'Mine');
    drawn.standIn.saveAs('Bruno', 'settings', 'main', { companyName: 'Theirs', tagline: 'New words.' });
    expect(await screen.findByDisplayValue('New words.')).toBeInTheDocument();
    expect(company()).toHaveValue('Mine');
    expect(screen.getByLabelText(/Tagline/)).toHaveAccessibleDescription(/Changed by Bruno/);
    expect(company()).toHaveAccessibleDescription(/Bruno changed this too/);
  });

  test('a conflict keeps what was typed, and my version is stored by one more save', async () => {
    const drawn = await openSettings();
    await retype(drawn, company(), 'Mine');
    drawn.standIn.saveAs('Bruno', 'settings', 'main', { companyName: 'Theirs' });
    await drawn.user.keyboard('{Control>}s{/Control}');
    const conflict = await screen.findByRole('dialog', { name: /changed the same field/ });
    expect(within(conflict).getByText('Theirs')).toBeInTheDocument();
    expect(company()).toHaveValue('Mine');
    await drawn.user.click(within(conflict).getByRole('radio', { name: /Keep mine/ }));
    await drawn.user.click(within(conflict).getByRole('button', { name: 'Save with these choices' }));
    await waitFor(() => expect(stored(drawn)).toMatchObject({ companyName: 'Mine', version: 3 }));
    await waitFor(() => expect(conflict).not.toBeInTheDocument());
  });

  test('taking their version ends a conflict without another save', async () => {
    const drawn = await openSettings();
    await retype(drawn, company(), 'Mine');
    drawn.standIn.saveAs('Bruno', 'settings', 'main', { companyName: 'Theirs' });
    await drawn.user.keyboard('{Control>}s{/Control}');
    await drawn.user.click(await screen.findByRole('radio', { name: /Take the version of Bruno/ }));
    await drawn.user.click(screen.getByRole('button', { name: 'Save with these choices' }));
    await waitFor(() => expect(company()).toHaveValue('Theirs'));
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
    expect(stored(drawn)).toMatchObject({ companyName: 'Theirs', version: 2 });
  });

  test('what the server refuses stands beside its field, which gets the focus', async () => {
    const drawn = await openSettings();
    const email = screen.getByLabelText(/E-mail/);
    await retype(drawn, email, 'nobody');
    await drawn.user.keyboard('{Control>}s{/Control}');
    await waitFor(() => expect(email).toHaveAccessibleDescription(/Enter an e-mail address/));
    expect(email).toHaveFocus();
    expect(email).toHaveValue('nobody');
  });

  test('an emptied optional field is removed, not stored as an empty text', async () => {
    const drawn = await openSettings();
    await drawn.user.clear(screen.getByLabelText(/Phone/));
    await drawn.user.keyboard('{Control>}s{/Control}');
    await waitFor(() => expect(stored(drawn)?.version).toBe(2));
    expect(stored(drawn)).not.toHaveProperty('phone');
  });

  test('an ended session is asked for over the screen, and the save goes on after it', async () => {
    const drawn = await openSettings();
    await retype(drawn, company(), 'Still here');
    drawn.standIn.signOutAll();
    await drawn.user.keyboard('{Control>}s{/Control}');
    const dialog = await screen.findByRole('dialog', { name: 'Your session has ended' });
    await drawn.user.type(within(dialog).getByLabelText(/User name/), 'admin');
    await drawn.user.type(within(dialog).getByLabelText(/Password/), 'secret');
    await drawn.user.click(within(dialog).getByRole('button', { name: 'Sign in' }));
    await waitFor(() => expect(stored(drawn)).toMatchObject({ companyName: 'Still here' }));
    expect(company()).toHaveValue('Still here');
  });

  test('a new item of a list gets an id that is not shown', async () => {
    const drawn = await openSettings();
    await drawn.user.click(await screen.findByRole('button', { name: 'Add an item: Links' }));
    const [, second] = await screen.findAllByRole('group', { name: /Links, item/ });
    if (second === undefined) throw new Error('The new item is not drawn.');
    await drawn.user.type(within(second).getByLabelText(/Name/), 'Jobs');
    await drawn.user.type(within(second).getByLabelText(/Address/), 'https://tru.example/jobs');
    await drawn.user.keyboard('{Control>}s{/Control}');
    await waitFor(() => expect(stored(drawn)?.version).toBe(2));
    expect(stored(drawn)?.links).toMatchObject([
      { id: 'l1' },
      { id: expect.stringMatching(/^[0-9a-f-]{36}$/), label: 'Jobs', url: 'https://tru.example/jobs' },
    ]);
    expect(within(second).queryByLabelText('Id')).not.toBeInTheDocument();
  });

  test('leaving with unsaved changes asks first', async () => {
    const drawn = await openSettings();
    await retype(drawn, company(), 'Unsaved');
    await drawn.user.click(screen.getByRole('link', { name: 'Team' }));
    const dialog = await screen.findByRole('dialog', { name: 'Leave without saving?' });
    await drawn.user.click(within(dialog).getByRole('button', { name: 'Stay here' }));
    expect(company()).toHaveValue('Unsaved');
  });
});
