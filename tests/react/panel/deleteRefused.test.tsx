import { notifications } from '@mantine/notifications';
import { screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { JsonObject } from '../../../shared/json.ts';
import { drawPanel, type DrawnPanel } from './drawPanel.tsx';

let panel: DrawnPanel;
let refusal: JsonObject;

beforeEach(async () => {
  panel = await drawPanel('/team/t1');
  const plain = globalThis.fetch;
  vi.stubGlobal('fetch', (url: string, init?: RequestInit) => {
    if (init?.method !== 'DELETE') return plain(url, init);
    return Promise.resolve(Response.json(refusal, { status: Number(refusal.status) }));
  });
  await panel.signIn();
  await screen.findByRole('heading', { name: 'Élodie Noël', level: 1 });
  await screen.findByText('Live');
  await panel.user.type(role(), ' and cook');
});
afterEach(async () => {
  await panel.close();
  // They outlive the panel that showed them.
  notifications.clean();
  localStorage.clear();
});

const role = () => screen.getByLabelText<HTMLInputElement>(/Role/);
const button = () => screen.getByRole('button', { name: 'Delete' });
const isClosed = () => waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
const remove = async () => {
  await panel.user.click(button());
  const dialog = await screen.findByRole('dialog', { name: 'Delete “Élodie Noël”?' });
  await panel.user.click(within(dialog).getByRole('button', { name: 'Delete' }));
  await isClosed();
};
const forbidden = { type: 'x', title: 'No', status: 403, code: 'FORBIDDEN' };

describe('a delete that was refused', () => {
  test('leaves what was typed protected: leaving asks, and the focus is at the button again', async () => {
    refusal = forbidden;
    await remove();
    await screen.findByText(/You may not make this change/);
    await waitFor(() => expect(button()).toHaveFocus());
    expect(window.dispatchEvent(new Event('beforeunload', { cancelable: true }))).toBe(false);
    await panel.user.click(
      within(screen.getByRole('navigation', { name: 'Breadcrumb' })).getByRole('link', { name: 'Team' }),
    );
    const dialog = await screen.findByRole('dialog', { name: 'Leave without saving?' });
    await panel.user.click(within(dialog).getByRole('button', { name: 'Stay here' }));
    await isClosed();
    expect(role()).toHaveValue('Developer and cook');
  });

  test('leaves the deletes of others told', async () => {
    refusal = forbidden;
    await remove();
    await screen.findByText(/You may not make this change/);
    panel.standIn.removeAs('Chloé', 'team', 't1');
    expect(await screen.findByText(/Chloé deleted it/)).toBeInTheDocument();
  });

  test('because of a change says who made it, and shows the record as it is now', async () => {
    const current = { ...panel.standIn.records.get('team')?.get('t1'), version: 2, phone: '+33 9', updatedBy: 'Bruno' };
    refusal = {
      type: 'x',
      title: 'Conflict',
      status: 409,
      code: 'CONFLICT',
      conflicts: [{ path: '/phone', theirs: '+33 9', author: 'Bruno', at: null }],
      current,
    };
    await remove();
    expect(
      await screen.findByText('Bruno has changed “Élodie Noël” since. Look at it again, then delete it.'),
    ).toBeInTheDocument();
    expect(screen.queryByText(/Choose which version stays/)).toBeNull();
    await waitFor(() => expect(screen.getByLabelText(/Phone/)).toHaveValue('+33 9'));
    expect(role()).toHaveValue('Developer and cook');
  });
});

describe('Ctrl+S', () => {
  test('saves nothing behind the questions whether to delete and whether to leave', async () => {
    const version = () => panel.standIn.records.get('team')?.get('t1')?.version;
    await panel.user.click(button());
    await screen.findByRole('dialog', { name: 'Delete “Élodie Noël”?' });
    await waitFor(() => expect(screen.getByRole('button', { name: 'Cancel' })).toHaveFocus());
    await panel.user.keyboard('{Control>}s{/Control}{Escape}');
    await isClosed();
    expect(version()).toBe(1);
    expect(screen.getByText('1 unsaved change', { selector: '[role=status]' })).toBeInTheDocument();
    await panel.user.click(
      within(screen.getByRole('navigation', { name: 'Breadcrumb' })).getByRole('link', { name: 'Team' }),
    );
    await screen.findByRole('dialog', { name: 'Leave without saving?' });
    await waitFor(() => expect(screen.getByRole('button', { name: 'Stay here' })).toHaveFocus());
    await panel.user.keyboard('{Control>}s{/Control}{Escape}');
    await isClosed();
    expect(version()).toBe(1);
    expect(screen.getByText('1 unsaved change', { selector: '[role=status]' })).toBeInTheDocument();
  });
});
