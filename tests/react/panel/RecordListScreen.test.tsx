import { screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, test } from 'vitest';
import { drawPanel, type DrawnPanel } from './drawPanel.tsx';

let panel: DrawnPanel | undefined;
afterEach(async () => {
  await panel?.close();
  panel = undefined;
});

async function open(address: string): Promise<DrawnPanel> {
  panel = await drawPanel(address);
  await panel.signIn();
  return panel;
}

describe('lists and their records', () => {
  test('a wrong password is said beside the field, and the name stays', async () => {
    panel = await drawPanel('/team');
    const name = await screen.findByLabelText(/User name/);
    expect(name).toHaveAttribute('autocomplete', 'username');
    await panel.user.type(name, 'admin');
    await panel.user.type(screen.getByLabelText(/Password/), 'wrong{Enter}');
    await waitFor(() => expect(screen.getByLabelText(/Password/)).toHaveAccessibleDescription(/is not right/));
    expect(screen.getByLabelText(/Password/)).toHaveFocus();
    expect(name).toHaveValue('admin');
  });

  test('every resource of the configuration has a link and a list', async () => {
    await open('/team');
    const nav = await screen.findByRole('navigation', { name: 'Main navigation' });
    for (const label of ['Settings', 'Team', 'News', 'Services']) {
      expect(await within(nav).findByRole('link', { name: label })).toBeInTheDocument();
    }
    expect(await screen.findByRole('link', { name: 'Élodie Noël' })).toBeInTheDocument();
  });

  test('the search finds a name that is typed without its accents', async () => {
    const { user } = await open('/team');
    await screen.findByRole('link', { name: 'Bruno Petit' });
    await user.type(screen.getByRole('searchbox'), 'elodie');
    await waitFor(() => expect(screen.queryByRole('link', { name: 'Bruno Petit' })).not.toBeInTheDocument());
    expect(screen.getByRole('link', { name: 'Élodie Noël' })).toBeInTheDocument();
  });

  test('an empty list has one thing to do', async () => {
    await open('/services');
    expect(await screen.findByText('Services: nothing here yet.')).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'Add: Service' })).toHaveAttribute('href', '/services/new');
  });

  test('a field that never changes is shown with the reason and without an input', async () => {
    await open('/team/t1');
    expect(await screen.findByText('E-1')).toBeInTheDocument();
    expect(screen.getAllByText('Set once; it does not change any more.')[0]).toBeInTheDocument();
    expect(screen.queryByRole('textbox', { name: /Employee number/ })).not.toBeInTheDocument();
  });

  test('a new record is created, and its own screen follows and says that it is saved', async () => {
    const { user, standIn } = await open('/team/new');
    await user.type(await screen.findByLabelText(/Name/), 'Zoé');
    await user.click(screen.getByRole('button', { name: 'Create' }));
    expect(screen.getByLabelText(/Role/)).toHaveAccessibleDescription('Fill in “Role”.');
    await user.type(screen.getByLabelText(/Role/), 'Designer');
    await user.type(screen.getByLabelText(/Employee number/), 'E-9');
    await user.click(screen.getByRole('button', { name: 'Create' }));
    expect(await screen.findByRole('heading', { name: 'Zoé', level: 1 })).toBeInTheDocument();
    expect(screen.getByText('Saved')).toBeInTheDocument();
    expect([...(standIn.records.get('team')?.values() ?? [])]).toContainEqual(
      expect.objectContaining({ name: 'Zoé', employeeId: 'E-9' }),
    );
  });

  test('an empty new record is not sent, and each missing field says what it needs', async () => {
    const { user, standIn } = await open('/team/new');
    await user.click(await screen.findByRole('button', { name: 'Create' }));
    expect(screen.getByLabelText(/Name/)).toHaveFocus();
    expect(screen.getByLabelText(/Role/)).toHaveAccessibleDescription('Fill in “Role”.');
    expect(standIn.records.get('team')?.size).toBe(2);
  });

  test('a deletion asks with the name of the record', async () => {
    const { user, standIn } = await open('/team/t2');
    await user.click(await screen.findByRole('button', { name: 'Delete' }));
    const dialog = await screen.findByRole('dialog', { name: 'Delete “Bruno Petit”?' });
    await user.click(within(dialog).getByRole('button', { name: 'Delete' }));
    await waitFor(() => expect(standIn.records.get('team')?.has('t2')).toBe(false));
    expect(await screen.findByRole('heading', { name: 'Team', level: 1 })).toBeInTheDocument();
  });

  test('a record that a colleague deletes says so and keeps what was typed', async () => {
    const { user, standIn } = await open('/team/t1');
    const role = await screen.findByLabelText(/Role/);
    await screen.findByText('Live');
    await user.type(role, ' and writer');
    standIn.removeAs('Bruno', 'team', 't1');
    expect(await screen.findByText(/Bruno deleted it/)).toBeInTheDocument();
    expect(role).toHaveValue('Developer and writer');
  });

  test('publishing says in words what the public sees', async () => {
    const { user } = await open('/news/n1');
    expect(await screen.findByText('Modified since publication')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Publish' }));
    expect(await screen.findByText('Published')).toBeInTheDocument();
  });
});
