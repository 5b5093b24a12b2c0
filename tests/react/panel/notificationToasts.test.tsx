import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { notifications } from '@mantine/notifications';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { tellNotification } from '../../../backoffice/panel/feedback/tellNotification.ts';
import { changeLanguage } from '../../../backoffice/panel/language/startLanguage.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { drawPanel, type DrawnPanel } from './drawPanel.tsx';

let panel: DrawnPanel | undefined;
afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  // Each toast that goes says so, and the next test begins with none.
  act(() => {
    for (const { id } of shownToasts()) notifications.hide(id);
  });
  await panel?.close();
  panel = undefined;
  localStorage.clear();
});

function shownToasts(): readonly { readonly id: string }[] {
  return [...document.querySelectorAll<HTMLElement>('.mantine-Notification-root')].map(({ id }) => ({ id }));
}

async function open(): Promise<DrawnPanel> {
  panel = await drawPanel('/team');
  await panel.signIn();
  await screen.findByText('Live');
  return panel;
}

let sent = 0;
const message = (payload: JsonObject) => ({
  id: `sent-${(sent += 1)}`,
  type: 'notification',
  payload,
  at: '2026-03-01T09:00:00.000Z',
  from: null,
});

describe('a notification of the server', () => {
  test('shows as a toast, and one that reports an error is read out at once', async () => {
    const { standIn } = await open();
    standIn.notify({ title: 'Export ready', message: 'It can be fetched.', type: 'success' });
    const toast = (await screen.findByText('Export ready')).closest('[role]');
    expect(toast).toHaveAttribute('role', 'status');
    expect(toast).toHaveTextContent('It can be fetched.');
    standIn.notify({ title: 'Export failed', message: 'The disk is full.', type: 'error' });
    expect((await screen.findByText('Error: Export failed')).closest('[role]')).toHaveAttribute('role', 'alert');
  });

  test('that comes twice is shown once', async () => {
    await open();
    const twice = message({ title: 'Only once', message: '', type: 'info' });
    await act(async () => {
      await tellNotification(twice);
      await tellNotification(twice);
    });
    expect(await screen.findAllByText('Only once')).toHaveLength(1);
  });

  test('is one of three at most; the others are counted', async () => {
    const { standIn } = await open();
    for (let at = 1; at <= 8; at += 1) standIn.notify({ title: `Number ${at}`, message: '', type: 'info' });
    expect(await screen.findByText('and 5 more notifications')).toBeInTheDocument();
    expect(screen.getAllByText(/^Number/).map(({ textContent }) => textContent)).toEqual([
      'Number 1',
      'Number 2',
      'Number 3',
    ]);
  });

  test('waits while nobody looks at the tab', async () => {
    const { standIn } = await open();
    const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
    standIn.notify({ title: 'While away', message: '', type: 'info' });
    await waitFor(() => expect(hidden).toHaveBeenCalled());
    expect(screen.queryByText('While away')).not.toBeInTheDocument();
    hidden.mockReturnValue(false);
    act(() => void document.dispatchEvent(new Event('visibilitychange')));
    expect(await screen.findByText('While away')).toBeInTheDocument();
  });

  test('stands for eight seconds, and for as long as its button has the focus', async () => {
    await open();
    vi.useFakeTimers({ shouldAdvanceTime: true, toFake: ['setTimeout', 'clearTimeout'] });
    await act(() => tellNotification(message({ title: 'Read me', message: '', type: 'info' })));
    const toast = (await screen.findByText('Read me')).closest<HTMLElement>('[role]');
    const close = toast?.querySelector('button');
    act(() => close?.focus());
    await act(() => vi.advanceTimersByTimeAsync(60_000));
    expect(screen.getByText('Read me')).toBeInTheDocument();
    act(() => close?.blur());
    await act(() => vi.advanceTimersByTimeAsync(7500));
    expect(screen.getByText('Read me')).toBeInTheDocument();
    fireEvent.mouseEnter(toast as HTMLElement);
    await act(() => vi.advanceTimersByTimeAsync(60_000));
    expect(screen.getByText('Read me')).toBeInTheDocument();
    fireEvent.mouseLeave(toast as HTMLElement);
    await act(() => vi.advanceTimersByTimeAsync(9000));
    await waitFor(() => expect(screen.queryByText('Read me')).not.toBeInTheDocument());
  });

  test('has French words around it in the French panel', async () => {
    const { standIn } = await open();
    await changeLanguage('fr');
    for (let at = 1; at <= 4; at += 1) standIn.notify({ title: `Nº ${at}`, message: '', type: 'warning' });
    expect(await screen.findByText(/^Attention\s: Nº 1$/)).toBeInTheDocument();
    expect(await screen.findByText('et 1 autre notification')).toBeInTheDocument();
    await changeLanguage('en');
  });

  test('of another shape is left out, and its text is never read as HTML', async () => {
    await open();
    await act(async () => {
      await tellNotification(message({ type: 'info' }));
      await tellNotification({ ...message({}), payload: 'text' });
      await tellNotification(message({ title: '<b>bold</b>', message: '', type: 'info' }));
    });
    expect(await screen.findByText('<b>bold</b>')).toBeInTheDocument();
    expect(shownToasts()).toHaveLength(1);
  });
});
