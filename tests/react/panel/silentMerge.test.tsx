import { screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../shared/json.ts';
import { changeLanguage } from '../../../backoffice/panel/language/startLanguage.ts';
import { drawPanel, type DrawnPanel } from './drawPanel.tsx';

let panel: DrawnPanel | undefined;
afterEach(async () => {
  await panel?.close();
  panel = undefined;
  localStorage.clear();
});

async function openSettings(): Promise<DrawnPanel> {
  panel = await drawPanel('/settings');
  await panel.signIn();
  await screen.findByRole('heading', { name: 'Settings', level: 1 });
  await screen.findByText('Live');
  return panel;
}
const theirs = ({ standIn }: DrawnPanel, fields: JsonObject) => standIn.saveAs('Bruno', 'settings', 'main', fields);
const save = ({ user }: DrawnPanel) => user.keyboard('{Control>}s{/Control}');
const stored = ({ standIn }: DrawnPanel) => standIn.records.get('settings')?.get('main');
const company = () => screen.getByLabelText<HTMLInputElement>(/Company name/);
const phone = () => screen.getByLabelText<HTMLInputElement>(/Phone/);
const notice = () => screen.queryAllByText(/change of Phone was kept/);

describe('the silent merge', () => {
  test('a save tells whose change of which field it kept, politely, once, and without taking the focus', async () => {
    const drawn = await openSettings();
    await drawn.user.type(company(), '!');
    theirs(drawn, { phone: '+33 2' });
    await waitFor(() => expect(phone()).toHaveValue('+33 2'));
    expect(notice()).toHaveLength(0);
    await save(drawn);
    await waitFor(() => expect(notice()).not.toHaveLength(0));
    expect(notice().filter((element) => element.getAttribute('role') === 'status')).toHaveLength(1);
    expect(screen.getByText('Saved. Bruno’s change of Phone was kept.')).toHaveAttribute('role', 'status');
    expect(company()).toHaveFocus();
    expect(phone()).toHaveAccessibleDescription(/Changed by Bruno/);
    await drawn.user.type(company(), '?');
    expect(notice()).toHaveLength(0);
    await save(drawn);
    await waitFor(() => expect(stored(drawn)).toMatchObject({ companyName: 'TRU Group!?' }));
    expect(await screen.findByText('Saved')).toBeInTheDocument();
    expect(notice()).toHaveLength(0);
  });

  test('what arrives while nothing is unsaved is shown and marked, and no later save speaks of it', async () => {
    const drawn = await openSettings();
    theirs(drawn, { phone: '+33 2' });
    await waitFor(() => expect(phone()).toHaveAccessibleDescription(/Changed by Bruno/));
    await drawn.user.type(company(), '!');
    await save(drawn);
    expect(await screen.findByText('Saved')).toBeInTheDocument();
    expect(notice()).toHaveLength(0);
  });

  test('several fields of a person are one sentence, in French as well', async () => {
    const drawn = await openSettings();
    await drawn.user.type(company(), '!');
    theirs(drawn, { phone: '+33 2', tagline: 'New words.' });
    await waitFor(() => expect(phone()).toHaveValue('+33 2'));
    await save(drawn);
    await screen.findByText('Saved. Bruno’s changes of Tagline and Phone were kept.');
    await changeLanguage('fr');
    const said = 'Enregistré. Les modifications faites par Bruno ont été conservées\u00a0: Accroche et Téléphone.';
    // Compared with what stands there: testing-library takes a no-break space for any other.
    await waitFor(() => expect(screen.getAllByRole('status').map((status) => status.textContent)).toContain(said));
    await changeLanguage('en');
  });

  test('a colleague’s change of the field that is being typed in is no part of its base: the save asks', async () => {
    const drawn = await openSettings();
    await drawn.user.type(company(), ' A');
    theirs(drawn, { companyName: 'Theirs', phone: '+33 2' });
    await waitFor(() => expect(phone()).toHaveValue('+33 2'));
    await drawn.user.type(company(), 'B');
    await save(drawn);
    await screen.findByRole('dialog', { name: /changed the same field/ });
    expect(stored(drawn)).toMatchObject({ companyName: 'Theirs', phone: '+33 2', version: 2 });
    await drawn.user.click(screen.getByRole('radio', { name: 'Keep mine' }));
    await drawn.user.click(screen.getByRole('button', { name: 'Save with these choices' }));
    await waitFor(() => expect(stored(drawn)).toMatchObject({ companyName: 'TRU Group AB', phone: '+33 2' }));
  });
});
