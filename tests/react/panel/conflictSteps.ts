/** What every test of a conflict does: open the panel, collide with a colleague, look into the dialog. */
import { screen, waitFor, within } from '@testing-library/react';
import { vi } from 'vitest';
import type { JsonObject } from '../../../shared/json.ts';
import { drawPanel, type DrawnPanel } from './drawPanel.tsx';

// A deadline and no pace: on a machine with much else to do, the first test of a file also loads the whole panel.
vi.setConfig({ testTimeout: 90_000 });

/** The dialog of conflicts, also once its heading has become another. */
export const dialog = () => screen.getByRole('dialog');
/** The choices of the field with this label. */
export const group = (name: string | RegExp) => within(dialog()).getByRole('group', { name });
export const version = (name: RegExp, inside: HTMLElement = dialog()) => within(inside).getByRole('radio', { name });
/** The input of the result, which stands in the dialog. */
export const result = (inside: HTMLElement = dialog()) => within(inside).getByRole<HTMLInputElement>('textbox');
export const settle = () => within(dialog()).getByRole('button', { name: 'Save with these choices' });

/** Signs in on the settings, which everybody may edit at once. */
export async function openSettings(): Promise<DrawnPanel> {
  const panel = await drawPanel('/settings');
  await panel.signIn();
  await screen.findByRole('heading', { name: 'Settings', level: 1 });
  await screen.findByText('Live');
  return panel;
}

/** Replaces what an input holds, line breaks included. */
export async function retype({ user }: DrawnPanel, label: RegExp, text: string): Promise<void> {
  const field = screen.getByLabelText(label);
  await user.clear(field);
  await user.click(field);
  if (text !== '') await user.paste(text);
}

/** Saves fields of the settings as a colleague. */
export function theirs({ standIn }: DrawnPanel, fields: JsonObject, by = 'Bruno'): void {
  standIn.saveAs(by, 'settings', 'main', fields);
}

export const stored = ({ standIn }: DrawnPanel): JsonObject | undefined => standIn.records.get('settings')?.get('main');

/** Saves with the keyboard and waits for the dialog. */
export async function saveIntoConflict({ user }: DrawnPanel): Promise<void> {
  await user.keyboard('{Control>}s{/Control}');
  await screen.findByRole('dialog', { name: /changed the same/ });
}

/** Types a name that collides with Bruno's, and saves. */
export async function collide(mine = 'Atelier Mine', other = 'Atelier Theirs'): Promise<DrawnPanel> {
  const drawn = await openSettings();
  await retype(drawn, /Company name/, mine);
  theirs(drawn, { companyName: other });
  await saveIntoConflict(drawn);
  return drawn;
}

/** Writes a result of one's own in the open dialog. */
export async function writeResult({ user }: DrawnPanel, text: string): Promise<void> {
  await user.click(version(/Edit the result/));
  await user.clear(result());
  await user.paste(text);
}

/** Waits until the page has heard what a colleague saved: the card of the colleague shows it. */
export const shows = (name: RegExp, text: RegExp) =>
  waitFor(() => {
    if (!text.test(version(name).closest('label')?.textContent ?? '')) throw new Error(`no ${String(text)} yet`);
  });
