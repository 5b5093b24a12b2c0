import { screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { changeLanguage } from '../../../backoffice/panel/language/startLanguage.ts';
import { drawPanel, type DrawnPanel } from './drawPanel.tsx';

let panel: DrawnPanel;
beforeEach(async () => {
  panel = await drawPanel('/settings');
  await panel.signIn();
  await screen.findByRole('heading', { name: 'Settings', level: 1 });
  await panel.user.type(company(), '!');
});
afterEach(async () => {
  await changeLanguage('en');
  await panel.close();
  localStorage.clear();
});

const company = () => screen.getByLabelText<HTMLInputElement>(/Company name|Nom de l’entreprise/);
const isClosed = () => waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
const ask = async () => {
  await panel.user.click(screen.getByRole('button', { name: 'Discard changes' }));
  return screen.findByRole('dialog', { name: 'Discard 1 unsaved change?' });
};

describe('discarding what is typed', () => {
  test('asks first, and keeps every letter when it is not confirmed', async () => {
    const dialog = await ask();
    expect(within(dialog).getByRole('button', { name: 'Keep editing' })).toHaveFocus();
    await panel.user.keyboard('{Enter}');
    await isClosed();
    expect(company()).toHaveValue('TRU Group!');
    await ask();
    await panel.user.keyboard('{Escape}');
    await isClosed();
    expect(company()).toHaveValue('TRU Group!');
    expect(screen.getByRole('button', { name: 'Discard changes' })).toBeInTheDocument();
  });

  test('goes back to what is stored when it is confirmed, and leaves the focus in the save bar', async () => {
    const dialog = await ask();
    await panel.user.click(within(dialog).getByRole('button', { name: 'Discard changes' }));
    await isClosed();
    expect(company()).toHaveValue('TRU Group');
    expect(screen.getByRole('button', { name: 'Save' })).toHaveFocus();
  });

  test('saves nothing behind the question', async () => {
    await ask();
    await panel.user.keyboard('{Control>}s{/Control}{Escape}');
    await isClosed();
    expect(screen.getByText('1 unsaved change', { selector: '[role=status]' })).toBeInTheDocument();
    expect(panel.standIn.records.get('settings')?.get('main')).toMatchObject({ version: 1 });
  });

  test('asks in French too', async () => {
    await changeLanguage('fr');
    await panel.user.click(await screen.findByRole('button', { name: 'Abandonner les modifications' }));
    const dialog = await screen.findByRole('dialog', { name: /Abandonner 1 modification\s\?/ });
    expect(dialog).toHaveTextContent('Ce que vous avez saisi sur cet écran sans l’enregistrer sera perdu.');
    await panel.user.click(within(dialog).getByRole('button', { name: 'Continuer à modifier' }));
    await isClosed();
  });
});
