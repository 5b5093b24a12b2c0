import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeAll, expect, it } from 'vitest';
import { ConfirmDialog } from 'backoffice-sync/react';
import { bePatient } from './patience.ts';

bePatient();

beforeAll(() => {
  // What browsers do and jsdom lacks.
  HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
    this.open = true;
  };
  HTMLDialogElement.prototype.close ??= function close(this: HTMLDialogElement) {
    this.open = false;
    this.dispatchEvent(new Event('close'));
  };
});

it('yes is true; the dialog has its question for a name, and is gone afterwards', async () => {
  const answer = ConfirmDialog.show({ title: 'Delete "Grow"?', description: 'It cannot be undone.', locale: 'en' });
  const dialog = screen.getByRole('alertdialog', { name: 'Delete "Grow"?' });
  expect(dialog).toHaveAccessibleDescription('It cannot be undone.');
  await userEvent.click(screen.getByRole('button', { name: 'Confirm' }));
  expect(await answer).toBe(true);
  expect(document.querySelector('dialog')).toBeNull();
});

it('no is false, in the language of the page, and has the focus at first', async () => {
  document.documentElement.lang = 'fr';
  const answer = ConfirmDialog.show({ title: 'Supprimer ?', confirmLabel: 'Supprimer' });
  expect(screen.getByRole('button', { name: 'Annuler' })).toHaveFocus();
  expect(screen.getByRole('button', { name: 'Supprimer' })).toBeVisible();
  await userEvent.keyboard('{Enter}');
  expect(await answer).toBe(false);
  document.documentElement.lang = '';
});

it('Escape, which closes the dialog of a browser, is false, and so is a click beside it', async () => {
  const escaped = ConfirmDialog.show({ title: 'One', locale: 'en' });
  screen.getByRole<HTMLDialogElement>('alertdialog').close();
  expect(await escaped).toBe(false);
  const beside = ConfirmDialog.show({ title: 'Two', locale: 'en' });
  await userEvent.click(screen.getByRole('heading', { name: 'Two' }));
  await userEvent.click(screen.getByRole('alertdialog'));
  expect(await beside).toBe(false);
});
