import { act, renderHook } from '@testing-library/react';
import { expect, it } from 'vitest';
import { createRealtimeSyncService } from 'backoffice-sync/client';
import { useSaveQueue } from 'backoffice-sync/react';

it('shows what is not saved yet and lets it be given up, with functions that stay the same', async () => {
  const service = createRealtimeSyncService({ connectivity: { isOnline: () => false, subscribe: () => () => {} } });
  const { result } = renderHook(() => useSaveQueue({ service }));
  expect(result.current).toMatchObject({ entries: [], online: false, isDurable: false });
  const { discard } = result.current;
  let refused: unknown;
  await act(async () => {
    service.sync('/api/settings', 'PATCH', { name: 'n1' }).catch((error: unknown) => (refused = error));
  });
  expect(result.current.entries).toMatchObject([{ url: '/api/settings', status: 'waiting', data: { name: 'n1' } }]);
  expect(result.current.discard).toBe(discard);
  await act(async () => discard(result.current.entries[0]?.id ?? ''));
  expect(result.current.entries).toEqual([]);
  expect(refused).toMatchObject({ problem: { code: 'DISCARDED' } });
  service.close();
});
