import { screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { drawPanel, type DrawnPanel } from './drawPanel.tsx';

let panel: DrawnPanel;
beforeEach(async () => {
  panel = await drawPanel('/settings');
  await panel.signIn();
  await screen.findByRole('heading', { name: 'Settings', level: 1 });
});
afterEach(async () => {
  await panel.close();
  localStorage.clear();
});

const box = () => screen.getByLabelText<HTMLInputElement>(/Languages/, { selector: 'input' });
const save = () => panel.user.keyboard('{Control>}s{/Control}');
const stored = () => panel.standIn.records.get('settings')?.get('main');
const state = (words: string) => screen.findByText(words, { selector: '[role=status]' });
const tags = () =>
  screen.queryAllByRole('button', { name: /^Remove “/ }).map((button) => button.getAttribute('aria-label'));
const leavesWithoutQuestion = () => window.dispatchEvent(new Event('beforeunload', { cancelable: true }));

describe('a tag that is typed and not confirmed', () => {
  test('is an edit, and becomes a tag with the save', async () => {
    await panel.user.type(box(), 'French,Ger');
    await state('1 unsaved change');
    expect(tags()).toEqual(['Remove “French”']);
    await save();
    await state('Saved');
    expect(stored()).toMatchObject({ languages: ['French', 'Ger'], version: 2 });
    expect(box()).toHaveValue('');
    expect(box()).toHaveFocus();
    expect(tags()).toEqual(['Remove “French”', 'Remove “Ger”']);
    await panel.user.type(box(), 'Dutch{Enter}');
    await save();
    await waitFor(() => expect(stored()).toMatchObject({ languages: ['French', 'Ger', 'Dutch'] }));
  });

  test('is asked about at a reload', async () => {
    expect(leavesWithoutQuestion()).toBe(true);
    await panel.user.type(box(), 'F');
    expect(leavesWithoutQuestion()).toBe(false);
  });

  test('is no edit when it is empty, there already, or rubbed out again', async () => {
    await panel.user.type(box(), '  ');
    expect(leavesWithoutQuestion()).toBe(true);
    await panel.user.type(box(), 'French');
    await save();
    await state('Saved');
    await panel.user.type(box(), ' French');
    expect(leavesWithoutQuestion()).toBe(true);
    expect(tags()).toEqual(['Remove “French”']);
    await panel.user.type(box(), '{Backspace}');
    expect(leavesWithoutQuestion()).toBe(false);
    await panel.user.clear(box());
    expect(leavesWithoutQuestion()).toBe(true);
    expect(tags()).toEqual(['Remove “French”']);
  });

  test('goes with the other changes when they are discarded', async () => {
    await panel.user.type(screen.getByLabelText(/Phone/), '9');
    await panel.user.type(box(), 'French');
    await panel.user.click(screen.getByRole('button', { name: 'Discard changes' }));
    const dialog = await screen.findByRole('dialog', { name: 'Discard 2 unsaved changes?' });
    await panel.user.click(
      screen.getAllByRole('button', { name: 'Discard changes' }).find((each) => dialog.contains(each)) as HTMLElement,
    );
    await state('No changes');
    expect(box()).toHaveValue('');
    expect(tags()).toEqual([]);
  });
});
