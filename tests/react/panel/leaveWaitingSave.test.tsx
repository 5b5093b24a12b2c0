import { screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { drawPanel, type DrawnPanel } from './drawPanel.tsx';

let panel: DrawnPanel;
let isOnline: boolean;

beforeEach(async () => {
  isOnline = true;
  vi.spyOn(navigator, 'onLine', 'get').mockImplementation(() => isOnline);
  panel = await drawPanel('/team/t1');
  await panel.signIn();
  await isOpen('Élodie Noël');
  await screen.findByText('Live');
  isOnline = false;
  window.dispatchEvent(new Event('offline'));
  await panel.user.type(role(), '!');
  await save();
  await state('Offline, 1 change waiting');
});
afterEach(async () => {
  await panel.close();
  vi.restoreAllMocks();
  localStorage.clear();
});

const isOpen = (heading: string) => screen.findByRole('heading', { name: heading, level: 1 });
const role = () => screen.getByLabelText<HTMLInputElement>(/Role/);
const save = () => panel.user.keyboard('{Control>}s{/Control}');
const state = (words: string) => screen.findByText(words, { selector: '[role=status]' });
const stored = () => panel.standIn.records.get('team')?.get('t1');
const asksAtTheTab = () => !window.dispatchEvent(new Event('beforeunload', { cancelable: true }));
const leave = async () =>
  panel.user.click(within(screen.getByRole('navigation', { name: 'Breadcrumb' })).getByRole('link', { name: 'Team' }));
const open = async () => {
  await panel.user.click(await screen.findByRole('link', { name: 'Élodie Noël' }));
  await isOpen('Élodie Noël');
};
const goOnline = () => {
  isOnline = true;
  window.dispatchEvent(new Event('online'));
};

describe('a save that waits in the queue', () => {
  test('lets the screen be left without a question, is there when the record is opened again, and is sent', async () => {
    expect(asksAtTheTab()).toBe(true);
    await leave();
    await isOpen('Team');
    await open();
    expect(role()).toHaveValue('Developer!');
    await state('1 unsaved change');
    await leave();
    await isOpen('Team');
    await open();
    goOnline();
    await waitFor(() => expect(stored()).toMatchObject({ role: 'Developer!', version: 2 }));
    await state('No changes');
    expect(role()).toHaveValue('Developer!');
    expect(asksAtTheTab()).toBe(false);
  });

  test('asks about what was typed since, and says that the save is on its way', async () => {
    await panel.user.type(role(), '?');
    await leave();
    const dialog = await screen.findByRole('dialog', { name: 'Leave without saving?' });
    expect(dialog).toHaveTextContent(/since the last save is lost.*That save is still on its way/);
    await panel.user.click(within(dialog).getByRole('button', { name: 'Stay here' }));
  });

  test('is withdrawn by discarding it', async () => {
    await panel.user.click(screen.getByRole('button', { name: 'Discard changes' }));
    const dialog = await screen.findByRole('dialog', { name: 'Discard 1 unsaved change?' });
    await panel.user.click(within(dialog).getByRole('button', { name: 'Discard changes' }));
    await state('No changes');
    expect(role()).toHaveValue('Developer');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    goOnline();
    await panel.user.type(role(), '…');
    await save();
    await state('Saved');
    expect(stored()).toMatchObject({ role: 'Developer…', version: 2 });
  });

  test('is withdrawn by discarding it on the screen that was opened again', async () => {
    await leave();
    await open();
    await panel.user.click(screen.getByRole('button', { name: 'Discard changes' }));
    const dialog = await screen.findByRole('dialog', { name: 'Discard 1 unsaved change?' });
    await panel.user.click(within(dialog).getByRole('button', { name: 'Discard changes' }));
    await state('No changes');
    await leave();
    await open();
    expect(role()).toHaveValue('Developer');
  });

  test('that is refused after the screen was left is told, and what was typed is there when the record is opened', async () => {
    await leave();
    await isOpen('Team');
    panel.standIn.saveAs('Bruno', 'team', 't1', { role: 'Architect' });
    goOnline();
    expect(await screen.findByText(/“Élodie Noël” could not be saved/)).toBeInTheDocument();
    await open();
    expect(role()).toHaveValue('Developer!');
    await state('1 unsaved change');
    expect(asksAtTheTab()).toBe(true);
  });
});
