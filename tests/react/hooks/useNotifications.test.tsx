import { renderHook, waitFor } from '@testing-library/react';
import { expect, it } from 'vitest';
import { createLiveWorld } from './liveWorld.tsx';
import { useNotifications } from 'backoffice-sync/react-query';
import type { SyncMessage } from '../../../shared/protocol/messages.ts';
import { bePatient } from './patience.ts';

bePatient();

const stored = (id: string) => ({
  id,
  title: `Title of ${id}`,
  message: '',
  type: 'info',
  createdAt: '2026-01-01T00:00:00.000Z',
  readAt: null,
});

it('a notification that was told is loaded and given to the page, each of a burst; reading one is sent', async () => {
  const world = createLiveWorld();
  const hearers = new Set<(message: SyncMessage) => void>();
  const connection = {
    ...world.connection,
    onMessage(listener: (message: SyncMessage) => void) {
      hearers.add(listener);
      return () => void hearers.delete(listener);
    },
  };
  const page = createLiveWorld({ provider: { connection } });
  page.holdsReads = true;
  const told: string[] = [];
  const { result, unmount } = renderHook(
    () => useNotifications({ onNotification: (notification) => told.push(notification.title) }),
    { wrapper: page.wrapper },
  );
  await waitFor(() => expect(page.held).toHaveLength(1));
  page.held[0]?.answer(200, { unread: 1, notifications: [stored('n1')] });
  await waitFor(() => expect(result.current).toMatchObject({ unread: 1, notifications: [{ id: 'n1' }] }));
  const { readAt: _, ...announced } = stored('n2');
  const message = { type: 'notification', payload: announced, at: '2026-01-01T00:00:00.000Z', from: null };
  for (const id of ['m1', 'm2']) for (const hear of hearers) hear({ ...message, id });
  expect(told).toEqual(['Title of n2', 'Title of n2']);
  await waitFor(() => expect(page.held.length).toBeGreaterThan(1));
  await page.settle();
  page.held.at(-1)?.answer(200, { unread: 2, notifications: [stored('n2'), stored('n1')] });
  await waitFor(() => expect(result.current.unread).toBe(2));
  const before = page.held.length;
  const marked = result.current.markRead('n1');
  await waitFor(() => expect(page.held).toHaveLength(before + 1));
  expect(page.held.at(-1)).toMatchObject({ method: 'POST', path: '/api/notifications/n1/read' });
  page.held.at(-1)?.answer(200, stored('n1'));
  await marked;
  await waitFor(() => expect(page.held).toHaveLength(before + 2));
  page.held.at(-1)?.answer(200, { unread: 1, notifications: [stored('n2'), stored('n1')] });
  await waitFor(() => expect(result.current.unread).toBe(1));
  unmount();
  expect(hearers.size).toBe(0);
});
