import { screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, test } from 'vitest';
import { openUndoRoom, type UndoRoom } from './undoRoom.tsx';

let room: UndoRoom | undefined;
afterEach(async () => {
  await room?.close();
  room = undefined;
  localStorage.clear();
});

async function open(address = '/team/t1'): Promise<UndoRoom> {
  room = await openUndoRoom(address);
  return room;
}
const input = (label: RegExp) => screen.getByLabelText<HTMLInputElement>(label);
const retype = async ({ user }: UndoRoom, label: RegExp, text: string) => {
  await user.clear(input(label));
  await user.type(input(label), text);
};
const save = ({ user }: UndoRoom) => user.keyboard('{Control>}s{/Control}');
const button = (name: string) => screen.findByRole('button', { name });
const leaveInputs = () => (document.activeElement as HTMLElement).blur();

describe('undo of a save', () => {
  test('a save is offered to be taken back by the labels of its fields, and redo does it again', async () => {
    const at = await open();
    await retype(at, /^Role/, 'CEO');
    await save(at);
    expect(await screen.findByText('Saved: Role.')).toBeInTheDocument();
    await at.user.click(await button('Undo'));
    expect(await screen.findByText('Undone: Role.')).toBeInTheDocument();
    await waitFor(() => expect(input(/^Role/)).toHaveValue('CTO'));
    expect(await at.stored('/api/team/t1')).toMatchObject({ role: 'CTO' });
    await at.user.click(await button('Redo'));
    await waitFor(() => expect(input(/^Role/)).toHaveValue('CEO'));
    expect(await at.stored('/api/team/t1')).toMatchObject({ role: 'CEO', version: 4 });
  });

  test('what a colleague saved in another field since stays', async () => {
    const at = await open();
    await retype(at, /^Role/, 'CEO');
    await save(at);
    await button('Undo');
    await at.colleague('/api/team/t1', { name: 'Camille R.' });
    await waitFor(() => expect(input(/^Name/)).toHaveValue('Camille R.'));
    leaveInputs();
    await at.user.keyboard('{Control>}z{/Control}');
    await waitFor(() => expect(input(/^Role/)).toHaveValue('CTO'));
    expect(await at.stored('/api/team/t1')).toMatchObject({ role: 'CTO', name: 'Camille R.' });
    await at.user.keyboard('{Control>}{Shift>}z{/Shift}{/Control}');
    await waitFor(() => expect(input(/^Role/)).toHaveValue('CEO'));
    expect(await at.stored('/api/team/t1')).toMatchObject({ role: 'CEO', name: 'Camille R.' });
  });

  test('where a colleague changed the same field since, the one dialog asks, and the other fields are taken back', async () => {
    const at = await open();
    await retype(at, /^Role/, 'CEO');
    await retype(at, /^Name/, 'Camille R.');
    await save(at);
    await screen.findByText('Saved: Name and Role.');
    await at.colleague('/api/team/t1', { role: 'Chair' });
    await waitFor(() => expect(input(/^Role/)).toHaveValue('Chair'));
    await at.user.click(await button('Undo'));
    const dialog = await screen.findByRole('dialog');
    expect(dialog).toHaveTextContent('Chair');
    expect(dialog).toHaveTextContent('CTO');
    expect(await at.stored('/api/team/t1')).toMatchObject({ role: 'Chair', name: 'Camille' });
  });

  test('what is typed on after the save is no conflict with its undo', async () => {
    const at = await open();
    await retype(at, /^Role/, 'CEO');
    await save(at);
    const undo = await button('Undo');
    await at.user.type(input(/^Role/), ' and founder');
    await at.user.click(undo);
    await waitFor(async () => expect(await at.stored('/api/team/t1')).toMatchObject({ role: 'CTO' }));
    await screen.findByText('Undone: Role.');
    expect(input(/^Role/)).toHaveValue('CEO and founder');
    await save(at);
    await waitFor(async () => expect(await at.stored('/api/team/t1')).toMatchObject({ role: 'CEO and founder' }));
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  test('a save of a secret alone is not offered: no history has it', async () => {
    const at = await open();
    await at.user.type(input(/^Pin/), '2');
    await save(at);
    expect(await screen.findByText('Saved')).toBeInTheDocument();
    await retype(at, /^Role/, 'CEO');
    await at.user.type(input(/^Pin/), '3');
    await save(at);
    // The one that is offered is the second, and it names what comes back.
    expect(await screen.findByText('Saved: Role.')).toBeInTheDocument();
    await waitFor(() => expect(screen.getAllByRole('button', { name: 'Undo' })).toHaveLength(1));
  });
});

test('a deleted record comes back with its id and its history', async () => {
  const at = await open();
  await at.user.click(await button('Delete'));
  await at.user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Delete' }));
  expect(await screen.findByText('“Camille” was deleted.')).toBeInTheDocument();
  await at.user.click(await button('Undo'));
  expect(await screen.findByText('“Camille” is back.')).toBeInTheDocument();
  expect(await at.stored('/api/team/t1')).toMatchObject({ id: 't1', name: 'Camille', version: 3 });
  const history = (await (await at.at.send('GET', '/api/team/t1/history')).json()) as { operation: string }[];
  expect(history.map(({ operation }) => operation)).toEqual(['created', 'deleted', 'created']);
});
