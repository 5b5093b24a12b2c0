import { act, renderHook } from '@testing-library/react';
import type { ReactNode } from 'react';
import { expect, test } from 'vitest';
import { useFieldAuthors } from '../../../backoffice/panel/conflict/useFieldAuthors.ts';
import { PanelServicesContext } from '../../../backoffice/panel/data/usePanelServices.ts';
import type { Change } from '../../../shared/change.ts';

test('whoever changes, adds or takes away a field is its author, and nobody else', () => {
  let tell: (change: Change) => void = () => undefined;
  const live = {
    subscribeChanges: (listener: (change: Change) => void) => {
      tell = listener;
      return () => undefined;
    },
  };
  const wrapper = ({ children }: { readonly children: ReactNode }) => (
    <PanelServicesContext value={{ live } as never}>{children}</PanelServicesContext>
  );
  const { result } = renderHook(() => useFieldAuthors('team', 'm1'), { wrapper });
  const change = {
    resource: 'team',
    id: 'm1',
    at: '2026-01-01T00:00:00.000Z',
    actor: { name: 'Ben' },
    before: { name: 'A', role: 'x', city: 'y' },
    record: { name: 'A', role: 'z', phone: '1' },
  } as unknown as Change;
  act(() => tell({ ...change, id: 'other' }));
  expect([...result.current.keys()]).toEqual([]);
  act(() => tell(change));
  expect([...result.current.keys()].sort()).toEqual(['city', 'phone', 'role']);
  expect(result.current.get('city')?.by).toBe('Ben');
});
