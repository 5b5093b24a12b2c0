import { screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, test } from 'vitest';
import { changeLanguage } from '../../../backoffice/panel/language/startLanguage.ts';
import type { JsonObject } from '../../../shared/json.ts';
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
const retype = async ({ user }: DrawnPanel, label: RegExp, text: string) => {
  const field = screen.getByLabelText(label);
  await user.clear(field);
  if (text !== '') await user.type(field, text);
};
const theirs = ({ standIn }: DrawnPanel, fields: JsonObject, by = 'Bruno') =>
  standIn.saveAs(by, 'settings', 'main', fields);
const save = ({ user }: DrawnPanel) => user.keyboard('{Control>}s{/Control}');
const stored = ({ standIn }: DrawnPanel) => standIn.records.get('settings')?.get('main');
const dialog = () => screen.findByRole('dialog', { name: /changed the same/ });
const version = (name: RegExp, within_ = screen.getByRole('dialog')) => within(within_).getByRole('radio', { name });
const settle = () => screen.getByRole('button', { name: 'Save with these choices' });
const company = () => screen.getByLabelText<HTMLInputElement>(/Company name/);

/** Types a name that collides with Bruno's, and saves. */
async function collide(mine = 'Atelier Mine', other = 'Atelier Theirs'): Promise<DrawnPanel> {
  const drawn = await openSettings();
  await retype(drawn, /Company name/, mine);
  theirs(drawn, { companyName: other });
  await save(drawn);
  await dialog();
  return drawn;
}

describe('the dialog of conflicts', () => {
  test('it opens with the refusal of a save, and not with a colleague’s change of what is being typed', async () => {
    const drawn = await openSettings();
    await retype(drawn, /Company name/, 'Mine');
    theirs(drawn, { companyName: 'Theirs' });
    await waitFor(() => expect(company()).toHaveAccessibleDescription(/Bruno changed this too/));
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
    await save(drawn);
    expect(await dialog()).toHaveAttribute('aria-modal', 'true');
  });

  test('it shows my version, theirs with who and when, and the original, under the label of the field', async () => {
    await collide();
    const group = within(await dialog()).getByRole('group', { name: 'Company name' });
    const [mine, other, original] = within(group).getAllByRole('radio');
    expect(mine).toHaveAccessibleDescription(/Typed by you.*Atelier Mine/);
    expect(other).toHaveAccessibleName('Take the version of Bruno');
    expect(other).toHaveAccessibleDescription(/Changed by Bruno, \d.*Atelier Theirs/);
    expect(original).toHaveAccessibleDescription(/TRU Group/);
    expect(screen.getByRole('dialog')).not.toHaveTextContent('/companyName');
  });

  test('words that differ from the original are marked, and said in words', async () => {
    const drawn = await openSettings();
    await retype(drawn, /Tagline/, 'Sobriety always first.');
    theirs(drawn, { tagline: 'Sobriety second.' });
    await save(drawn);
    const mine = within(await dialog()).getByText('always');
    expect(mine.closest('ins')).not.toBeNull();
    expect(version(/Keep mine/)).toHaveAccessibleDescription(/\[added: always\]/);
    expect(version(/Take the version/)).toHaveAccessibleDescription(/\[removed: first\.\]/);
  });

  test('the chosen version is marked with words, and the number of open fields is told', async () => {
    const drawn = await collide();
    const status = within(await dialog()).getAllByRole('status')[0];
    expect(status).toHaveTextContent('1 field to choose');
    expect(screen.queryByText(/✓ Chosen/)).not.toBeInTheDocument();
    await drawn.user.click(version(/Take the version/));
    expect(screen.getByText(/✓ Chosen/).closest('label')).toHaveTextContent('Take the version of Bruno');
    expect(status).toHaveTextContent('Everything is decided.');
  });

  test('a choice for all decides every field at once', async () => {
    const drawn = await openSettings();
    await retype(drawn, /Company name/, 'Mine');
    await retype(drawn, /Phone/, '+33 mine');
    theirs(drawn, { companyName: 'Theirs', phone: '+33 theirs' });
    await save(drawn);
    await drawn.user.click(within(await dialog()).getByRole('button', { name: 'Take all theirs' }));
    await drawn.user.click(version(/Keep mine/, screen.getByRole('group', { name: 'Phone' })));
    await drawn.user.click(settle());
    await waitFor(() => expect(stored(drawn)).toMatchObject({ companyName: 'Theirs', phone: '+33 mine' }));
  });

  test('the original can be taken, which undoes what both did', async () => {
    const drawn = await collide();
    await drawn.user.click(version(/Back to the original/));
    await drawn.user.click(settle());
    await waitFor(() => expect(stored(drawn)).toMatchObject({ companyName: 'TRU Group', version: 3 }));
    expect(company()).toHaveValue('TRU Group');
  });

  test('the result can be edited in the field’s own input, which starts with the chosen version', async () => {
    const drawn = await collide();
    await drawn.user.click(version(/Take the version/));
    await drawn.user.click(version(/Edit the result/));
    const input = within(screen.getByRole('dialog')).getByRole('textbox', { name: /Company name/ });
    expect(input).toHaveValue('Atelier Theirs');
    await drawn.user.clear(input);
    await drawn.user.click(settle());
    expect(input).toHaveAccessibleDescription(/Fill in “Company name”/);
    await drawn.user.type(input, 'Atelier of both');
    await drawn.user.click(settle());
    await waitFor(() => expect(stored(drawn)).toMatchObject({ companyName: 'Atelier of both' }));
    expect(company()).toHaveValue('Atelier of both');
  });

  test('going to another version and back keeps what was written into the result', async () => {
    const drawn = await collide();
    await drawn.user.click(version(/Edit the result/));
    await drawn.user.type(within(screen.getByRole('dialog')).getByRole('textbox'), ' & Co');
    await drawn.user.click(version(/Take the version/));
    await drawn.user.click(version(/Edit the result/));
    expect(within(screen.getByRole('dialog')).getByRole('textbox')).toHaveValue('Atelier Mine & Co');
  });

  test('Escape decides nothing: the text stays, the bar says so and opens the dialog again', async () => {
    const drawn = await collide();
    await drawn.user.click(version(/Take the version/));
    await drawn.user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
    expect(company()).toHaveValue('Atelier Mine');
    expect(stored(drawn)).toMatchObject({ companyName: 'Atelier Theirs', version: 2 });
    expect(screen.getAllByText('Conflict to settle')).not.toHaveLength(0);
    expect(screen.queryByText('Nothing was overwritten', { exact: false })).not.toBeInTheDocument();
    await waitFor(() => expect(company()).toHaveFocus());
    await drawn.user.click(screen.getByRole('button', { name: 'Settle the conflict' }));
    await dialog();
    expect(version(/Take the version/)).toBeChecked();
  });

  test('by keyboard alone: arrows choose, Ctrl+Enter settles when everything is decided', async () => {
    const drawn = await collide();
    await waitFor(() => expect(screen.getByRole('heading', { name: /changed the same field/ })).toHaveFocus());
    await drawn.user.keyboard('{Control>}{Enter}{/Control}');
    expect(version(/Keep mine/)).toHaveFocus();
    expect(stored(drawn)).toMatchObject({ version: 2 });
    await drawn.user.keyboard(' ');
    expect(version(/Keep mine/)).toBeChecked();
    await drawn.user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(stored(drawn)).toMatchObject({ companyName: 'Atelier Mine', version: 3 }));
    await waitFor(() => expect(company()).toHaveFocus());
  });

  test('a colleague’s next save is shown in the open dialog, told, and undoes the choice made against the old one', async () => {
    const drawn = await collide();
    await drawn.user.click(version(/Keep mine/));
    theirs(drawn, { companyName: 'Atelier Later' }, 'Chloé');
    await waitFor(() => expect(version(/Take the version of Chloé/)).toHaveAccessibleDescription(/Atelier Later/));
    expect(version(/Keep mine/)).not.toBeChecked();
    const said = within(screen.getByRole('dialog')).getAllByRole('status');
    expect(said[0]).toHaveTextContent('1 field to choose');
    expect(said[1]).toHaveTextContent('“Company name” has just been changed again by Chloé.');
    await drawn.user.click(version(/Keep mine/));
    await drawn.user.click(settle());
    await waitFor(() => expect(stored(drawn)).toMatchObject({ companyName: 'Atelier Mine', version: 4 }));
  });

  test('an item that one side removed is named and called deleted; keeping mine brings the edited item back', async () => {
    const drawn = await openSettings();
    const item = await screen.findByRole('group', { name: 'Links, item 1' });
    await drawn.user.type(within(item).getByLabelText(/Name/), ' kit');
    theirs(drawn, { links: [] });
    await save(drawn);
    const group = within(await dialog()).getByRole('group', { name: 'Links › Press kit' });
    expect(within(group).getByRole('radio', { name: /Take the version/ })).toHaveAccessibleDescription(/Deleted/);
    expect(within(group).getByText(/taken whole/)).toBeInTheDocument();
    expect(within(group).queryByRole('radio', { name: /Edit/ })).not.toBeInTheDocument();
    await drawn.user.click(within(group).getByRole('radio', { name: /Keep mine/ }));
    await drawn.user.click(settle());
    await waitFor(() => expect(stored(drawn)).toMatchObject({ links: [{ id: 'l1', label: 'Press kit' }], version: 3 }));
  });

  test('a field of an item is named through its item', async () => {
    const drawn = await openSettings();
    const item = await screen.findByRole('group', { name: 'Links, item 1' });
    await drawn.user.type(within(item).getByLabelText(/Address/), '-mine');
    theirs(drawn, { links: [{ id: 'l1', label: 'Press', url: 'https://tru.example/theirs' }] });
    await save(drawn);
    expect(within(await dialog()).getByRole('group', { name: 'Links › Press › Address' })).toBeInTheDocument();
  });

  test('a field that both filled in did not exist before, and one that somebody emptied is called empty', async () => {
    const drawn = await openSettings();
    await retype(drawn, /Phone/, '');
    await drawn.user.type(screen.getByLabelText(/City/), 'Lyon');
    theirs(drawn, { phone: '+33 2', address: { city: 'Nantes' } });
    await save(drawn);
    const city = within(await dialog()).getByRole('group', { name: /City/ });
    expect(within(city).getByRole('radio', { name: /original/ })).toHaveAccessibleDescription(/Did not exist yet/);
    const phone = screen.getByRole('group', { name: 'Phone' });
    expect(within(phone).getByRole('radio', { name: /Keep mine/ })).toHaveAccessibleDescription(/Empty$/);
  });

  test('short texts that both changed are one line each, and the result can hold those of both', async () => {
    const drawn = await openSettings();
    await drawn.user.type(screen.getByLabelText('Languages'), 'French,English,');
    theirs(drawn, { languages: ['French', 'German'] });
    await save(drawn);
    const group = within(await dialog()).getByRole('group', { name: 'Languages' });
    expect(within(group).getByRole('radio', { name: /Take the version/ })).toHaveAccessibleDescription(
      /• French\s+• German/,
    );
    await drawn.user.click(within(group).getByRole('radio', { name: /Edit the result/ }));
    await drawn.user.type(within(group).getByRole('textbox', { name: 'Languages' }), 'German,');
    await drawn.user.click(settle());
    await waitFor(() => expect(stored(drawn)).toMatchObject({ languages: ['French', 'English', 'German'] }));
  });

  test('in French it says vous, names the field in French and follows a change of language', async () => {
    await collide();
    await changeLanguage('fr');
    const french = await screen.findByRole('dialog', { name: /Bruno a modifié le même champ que vous/ });
    const group = within(french).getByRole('group', { name: 'Nom de l’entreprise' });
    expect(within(group).getByRole('radio', { name: 'Prendre la version faite par Bruno' })).toBeInTheDocument();
    expect(within(french).getByText('1 champ à choisir')).toBeInTheDocument();
    await changeLanguage('en');
  });
});
