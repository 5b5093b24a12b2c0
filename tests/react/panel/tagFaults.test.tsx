import { screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { JsonObject } from '../../../shared/json.ts';
import { drawPanel, type DrawnPanel } from './drawPanel.tsx';

let panel: DrawnPanel;
let errors: readonly JsonObject[];

beforeEach(async () => {
  panel = await drawPanel('/settings');
  errors = [];
  const plain = globalThis.fetch;
  vi.stubGlobal('fetch', (url: string, init?: RequestInit) =>
    init?.method === 'PATCH' && errors.length > 0
      ? Promise.resolve(Response.json({ code: 'INVALID', title: 'Invalid', status: 422, errors }, { status: 422 }))
      : plain(url, init),
  );
  const settings = panel.standIn.records.get('settings');
  settings?.set('main', { ...settings.get('main'), languages: ['French', 'German', 'French'] });
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

test('a tag that the server refuses is named at its field, which gets the focus', async () => {
  errors = [
    { path: '/languages/3', code: 'too_small', message: 'Too small: expected string to have >=3 characters' },
    { path: '/languages/1', code: 'custom', message: 'Not spoken here.' },
  ];
  await panel.user.type(box(), 'X{Enter}');
  screen.getByLabelText(/Phone/).focus();
  await save();
  await waitFor(() => expect(box()).toHaveAccessibleDescription(/“X”: Write more: this is too short\./));
  expect(box()).toHaveAttribute('aria-invalid', 'true');
  await waitFor(() => expect(box()).toHaveFocus());
  errors = [];
  await save();
  await waitFor(() => expect(stored()).toMatchObject({ languages: ['French', 'German', 'French', 'X'] }));
  expect(box()).not.toHaveAttribute('aria-invalid', 'true');
});

test('removing one of two equal tags leaves the other where it is', async () => {
  const removers = () => screen.getAllByRole('button', { name: /^Remove “/ });
  await panel.user.click(removers()[0] as HTMLElement);
  await save();
  await waitFor(() => expect(stored()).toMatchObject({ languages: ['German', 'French'] }));
});
