import { screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, test } from 'vitest';
import { openUndoRoom, type UndoRoom } from './undoRoom.tsx';

let room: UndoRoom | undefined;
afterEach(async () => {
  await room?.close();
  room = undefined;
  localStorage.clear();
});

async function open(address: string): Promise<UndoRoom> {
  room = await openUndoRoom(address);
  await waitFor(() => expect(document.querySelector('[data-undo]')).not.toBeNull());
  return room;
}
const input = (label: RegExp) => screen.getByLabelText<HTMLInputElement>(label);
const versions = async ({ at }: UndoRoom, path: string) =>
  ((await (await at.send('GET', `${path}/history`)).json()) as { version: number }[]).map(({ version }) => version);

describe('a resource that saves by itself', () => {
  test('stores what is typed after a pause, as one entry of the history, and says that it did so by itself', async () => {
    const at = await open('/notes/n1');
    await at.user.type(input(/^Text/), 'A sentence of many keys.');
    expect(await versions(at, '/api/notes/n1')).toEqual([1]);
    expect(await screen.findByText(/^Saved automatically/)).toBeInTheDocument();
    expect(await at.stored('/api/notes/n1')).toMatchObject({ text: 'A sentence of many keys.' });
    expect(await versions(at, '/api/notes/n1')).toEqual([2, 1]);
    expect(screen.queryByRole('button', { name: 'Undo' })).toBeNull();
    expect(input(/^Text/)).toHaveFocus();
    await at.user.keyboard('{Control>}z{/Control}');
    await waitFor(async () => expect(await versions(at, '/api/notes/n1')).toEqual([3, 2, 1]));
    expect((await at.stored('/api/notes/n1'))['text'] ?? '').toBe('');
  });

  test('says nothing of a field that cannot be saved yet, and saves when it can', async () => {
    const at = await open('/notes/n1');
    await at.user.clear(input(/^Title/));
    await at.user.type(input(/^Text/), 'x');
    await at.user.tab();
    expect(await screen.findAllByText('2 unsaved changes')).not.toHaveLength(0);
    expect(screen.queryByText('Fill in “Title”.')).toBeNull();
    expect(await versions(at, '/api/notes/n1')).toEqual([1]);
    await at.user.type(input(/^Title/), 'Second');
    await waitFor(async () => expect(await at.stored('/api/notes/n1')).toMatchObject({ title: 'Second', text: 'x' }));
    expect(await versions(at, '/api/notes/n1')).toEqual([2, 1]);
  });

  test('parks a conflict and says so in the save bar, without a dialog in front of who types', async () => {
    // There before it is needed, so that it would be drawn at once.
    await import('../../../backoffice/panel/conflict/ConflictDialog.tsx');
    const at = await open('/notes/n1');
    await at.user.type(input(/^Title/), ' mine');
    await at.colleague('/api/notes/n1', { title: 'Theirs' });
    const settle = await screen.findByRole('button', { name: 'Settle the conflict' });
    await at.user.keyboard(' and typed on');
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(input(/^Title/)).toHaveFocus();
    expect(input(/^Title/)).toHaveValue('First mine and typed on');
    await at.user.click(settle);
    expect(await screen.findByRole('dialog')).toHaveTextContent('Theirs');
  });

  test('writes only the draft where the resource has drafts', async () => {
    const at = await open('/pages/p1');
    const before = await at.stored('/api/pages/p1');
    await at.user.type(input(/^Title/), ' page');
    await waitFor(async () => expect(await at.stored('/api/pages/p1')).toMatchObject({ title: 'Home page' }));
    expect((await at.stored('/api/pages/p1'))['publishedVersion']).toBe(before['publishedVersion']);
  });
});
