import { screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, test } from 'vitest';
import { drawPanel, type DrawnPanel } from './drawPanel.tsx';
import {
  collide,
  dialog,
  group,
  openSettings,
  result,
  retype,
  saveIntoConflict,
  settle,
  shows,
  stored,
  theirs,
  version,
  writeResult,
} from './conflictSteps.ts';

let panel: DrawnPanel | undefined;
afterEach(async () => {
  await panel?.close();
  panel = undefined;
  localStorage.clear();
});

const isClosed = () => waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
const company = () => screen.getByLabelText<HTMLInputElement>(/Company name/);

describe('the heading of the dialog of conflicts', () => {
  test('names the colleague when there is one', async () => {
    panel = await collide();
    expect(dialog()).toHaveAccessibleName('You and Bruno changed the same field');
  });
});

describe('a result that somebody writes in the dialog of conflicts', () => {
  test('stays when a colleague saves the field again, and is saved only after a second look', async () => {
    panel = await collide();
    await writeResult(panel, 'Atelier of both');
    const input = result();
    input.setSelectionRange(3, 3);
    theirs(panel, { companyName: 'Atelier Later' }, 'Chloé');
    await shows(/Take the version of Chloé/, /Atelier.*Later/);
    expect(result()).toBe(input);
    expect(input).toHaveValue('Atelier of both');
    expect(input).toHaveFocus();
    expect(input.selectionStart).toBe(3);
    expect(dialog()).toHaveTextContent(/Chloé has just saved “Company name” again. Your edited text is kept/);
    expect(version(/Edit the result/)).not.toBeChecked();

    await panel.user.type(input, ' now');
    await panel.user.keyboard('{Control>}{Enter}{/Control}');
    expect(stored(panel)).toMatchObject({ companyName: 'Atelier Later', version: 3 });
    expect(version(/Edit the result/)).toHaveFocus();
    await panel.user.keyboard(' {Control>}{Enter}{/Control}');
    await waitFor(() => expect(stored(panel as DrawnPanel)).toMatchObject({ companyName: 'Atelier of both now' }));
  });

  test('stays when a colleague deletes the record; the dialog says who did it', async () => {
    panel = await drawPanel('/team/t1');
    await panel.signIn();
    await screen.findByRole('heading', { name: 'Élodie Noël', level: 1 });
    await screen.findByText('Live');
    await retype(panel, /Role/, 'Lead developer');
    panel.standIn.saveAs('Bruno', 'team', 't1', { role: 'Architect' });
    await saveIntoConflict(panel);
    await writeResult(panel, 'Lead developer and architect');
    panel.standIn.removeAs('Chloé', 'team', 't1');
    await screen.findByRole('dialog', { name: 'Chloé deleted this record' });
    expect(result()).toHaveValue('Lead developer and architect');
    expect(version(/Edit the result/)).toBeChecked();
    expect(within(dialog()).getByRole('button', { name: 'Bring it back with these choices' })).toBeEnabled();

    await panel.user.keyboard('{Escape}');
    await isClosed();
    expect(screen.getByLabelText(/Role/)).toHaveValue('Lead developer');
    await panel.user.click(screen.getByRole('button', { name: 'Bring it back with my changes' }));
    expect(await screen.findByRole('dialog')).toBeInTheDocument();
    expect(result()).toHaveValue('Lead developer and architect');
  });

  test('is in the field, unsaved, when a colleague saves exactly what was typed first', async () => {
    panel = await collide();
    await writeResult(panel, 'Atelier of both');
    theirs(panel, { companyName: 'Atelier Mine' }, 'Chloé');
    await isClosed();
    expect(company()).toHaveValue('Atelier of both');
    await screen.findByText(/Chloé saved “Company name” as you had first typed it.*Your edited text is in the field/);
    expect(screen.getAllByText('1 unsaved change')).not.toHaveLength(0);
    await panel.user.keyboard('{Control>}s{/Control}');
    await waitFor(() => expect(stored(panel as DrawnPanel)).toMatchObject({ companyName: 'Atelier of both' }));
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
  });

  test('waits while its author types on in the form, even when that is the colleague’s text', async () => {
    panel = await collide('Atelier Min', 'Atelier Mine');
    await writeResult(panel, 'Atelier of both');
    await panel.user.keyboard('{Escape}');
    await isClosed();
    await panel.user.type(company(), 'e');
    await panel.user.click(screen.getByRole('button', { name: 'Settle the conflict' }));
    await waitFor(() => expect(company()).toHaveValue('Atelier of both'));
    expect(stored(panel)).toMatchObject({ companyName: 'Atelier Mine' });
  });

  test('a conflict that is over by itself is told', async () => {
    panel = await collide();
    theirs(panel, { companyName: 'Atelier Mine' }, 'Chloé');
    await isClosed();
    await screen.findByText('Chloé saved the same as you in “Company name”: nothing is left to decide there.');
    expect(company()).toHaveValue('Atelier Mine');
  });
});

describe('a choice in the dialog of conflicts', () => {
  test('stays when a second field collides, which joins the open dialog instead of opening another one', async () => {
    panel = await openSettings();
    await retype(panel, /Company name/, 'Atelier Mine');
    await retype(panel, /Phone/, '+33 mine');
    await retype(panel, /Tagline/, 'Mine alone.');
    theirs(panel, { companyName: 'Atelier Theirs' });
    await saveIntoConflict(panel);
    await panel.user.click(version(/Keep mine/));
    theirs(panel, { phone: '+33 theirs', email: 'theirs@tru.example' }, 'Chloé');
    await waitFor(() => expect(group('Phone')).toBeInTheDocument());
    expect(within(dialog()).getAllByRole('group')).toHaveLength(2);
    expect(version(/Keep mine/, group('Company name'))).toBeChecked();
    expect(version(/Take the version of Chloé/, group('Phone'))).toHaveAccessibleDescription(/\+33.*theirs/);
    expect(within(dialog()).getAllByRole('status')[0]).toHaveTextContent('1 field to choose');
    expect(dialog()).toHaveAccessibleName('You and several colleagues changed the same fields');
    await panel.user.click(version(/Take the version/, group('Phone')));
    await panel.user.click(settle());
    const saved = { companyName: 'Atelier Mine', phone: '+33 theirs', tagline: 'Mine alone.', version: 4 };
    await waitFor(() => expect(stored(panel as DrawnPanel)).toMatchObject(saved));
  });

  test('for one’s own version stays while its author types on; another one is asked for again, with the reason', async () => {
    panel = await collide();
    await panel.user.click(version(/Keep mine/));
    await panel.user.keyboard('{Escape}');
    await isClosed();
    await panel.user.type(company(), ' & Co');
    await panel.user.click(screen.getByRole('button', { name: 'Settle the conflict' }));
    await screen.findByRole('dialog');
    expect(version(/Keep mine/)).toBeChecked();
    await panel.user.click(version(/Take the version/));
    await panel.user.keyboard('{Escape}');
    await isClosed();
    await panel.user.type(company(), '.');
    await panel.user.click(screen.getByRole('button', { name: 'Settle the conflict' }));
    await screen.findByRole('dialog');
    expect(version(/Take the version/)).not.toBeChecked();
    expect(dialog()).toHaveTextContent('You have typed on in “Company name” since you chose. Choose once more.');
  });
});

describe('a session that ends while the dialog of conflicts is open', () => {
  test('the bar asks to sign in instead of saving for ever, and the original stays the one before both changes', async () => {
    panel = await collide();
    panel.standIn.signOutAll();
    await panel.user.click(version(/Keep mine/));
    await panel.user.click(settle());
    await screen.findByRole('dialog', { name: 'Your session has ended' });
    await waitFor(() => expect(screen.getAllByText('Sign in again to save')).not.toHaveLength(0));
    expect(screen.queryByText('Saving…')).not.toBeInTheDocument();
    theirs(panel, { companyName: 'Atelier Later' }, 'Chloé');
    await panel.signIn();
    await screen.findByRole('dialog', { name: /changed the same/ });
    await shows(/Take the version of Chloé/, /Later/);
    expect(version(/Back to the original/)).toHaveAccessibleDescription(/TRU Group/);
    await panel.user.click(version(/Back to the original/));
    await panel.user.click(settle());
    await waitFor(() => expect(stored(panel as DrawnPanel)).toMatchObject({ companyName: 'TRU Group', version: 4 }));
  });
});
