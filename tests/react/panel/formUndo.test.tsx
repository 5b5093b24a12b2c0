import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, test } from 'vitest';
import { openUndoRoom, type UndoRoom } from './undoRoom.tsx';

let room: UndoRoom | undefined;
afterEach(async () => {
  await room?.close();
  room = undefined;
  localStorage.clear();
});

/** Opened, and once the part that follows the keys is there. */
async function open(): Promise<UndoRoom> {
  room = await openUndoRoom('/team/t1');
  await waitFor(() => expect(document.querySelector('[data-undo]')).not.toBeNull());
  return room;
}
const input = (label: RegExp) => screen.getByLabelText<HTMLInputElement>(label);
const undo = ({ user }: UndoRoom) => user.keyboard('{Control>}z{/Control}');
const redo = ({ user }: UndoRoom) => user.keyboard('{Control>}{Shift>}z{/Shift}{/Control}');

describe('Ctrl+Z in a form', () => {
  test('goes back across the fields, and the focus goes to the one that is undone', async () => {
    const at = await open();
    await at.user.type(input(/^Name/), ' R.');
    await at.user.type(input(/^Role/), '!');
    await undo(at);
    expect(input(/^Role/)).toHaveValue('CTO');
    await undo(at);
    expect(input(/^Name/)).toHaveValue('Camille');
    expect(input(/^Name/)).toHaveFocus();
    expect(screen.getByText('Undone: Name.')).toHaveAttribute('role', 'status');
    await redo(at);
    await redo(at);
    expect([input(/^Name/).value, input(/^Role/).value]).toEqual(['Camille R.', 'CTO!']);
    expect(input(/^Role/)).toHaveFocus();
  });

  test('leaves what a colleague saved in the field meanwhile', async () => {
    const at = await open();
    await at.user.type(input(/^Bio/), ' well');
    await at.user.keyboard('{Control>}s{/Control}');
    await screen.findByText('Saved: Bio.');
    await at.colleague('/api/team/t1', { bio: 'At work draws maps well' });
    await waitFor(() => expect(input(/^Bio/)).toHaveValue('At work draws maps well'));
    await undo(at);
    expect(input(/^Bio/)).toHaveValue('At work draws maps');
    await at.user.keyboard('{Control>}s{/Control}');
    await waitFor(async () => expect(await at.stored('/api/team/t1')).toMatchObject({ bio: 'At work draws maps' }));
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  test('leaves the keys to an input method that composes, and the secrets to the browser', async () => {
    const at = await open();
    await at.user.type(input(/^Role/), '!');
    act(() => void fireEvent.keyDown(input(/^Role/), { key: 'z', ctrlKey: true, isComposing: true }));
    expect(input(/^Role/)).toHaveValue('CTO!');
    input(/^Pin/).focus();
    const key = new KeyboardEvent('keydown', { key: 'z', ctrlKey: true, bubbles: true, cancelable: true });
    act(() => void input(/^Pin/).dispatchEvent(key));
    expect(key.defaultPrevented).toBe(false);
    expect(input(/^Role/)).toHaveValue('CTO!');
  });
});
