import { act, renderHook } from '@testing-library/react';
import { expect, test } from 'vitest';
import { useRecordForm } from '../../../backoffice/panel/form/useRecordForm.ts';
import type { Change } from '../../../shared/change.ts';
import { field } from '../../helpers/panelStandInResources.ts';

const fields = [field('title', 'text', ['Title', 'Titre'])];
const stored = { id: 's1', version: 2, title: 'Maps', views: 7 };
const visitor = { id: 'v', name: 'Visitor', kind: 'visitor' } as const;
const counted = (views: number, version = 2): Change => ({
  cursor: 'c:9',
  seq: 9,
  at: '2030-01-01T00:00:00.000Z',
  resource: 'services',
  id: 's1',
  operation: 'updated',
  version,
  record: { ...stored, version, views },
  before: stored,
  patch: [],
  actor: visitor,
  mutationId: null,
  notify: true,
  counts: { views },
});

test('a counter that moves is shown in an open form and is no edit, no base and no mark', () => {
  const { result } = renderHook(() => useRecordForm(fields, stored));
  act(() => result.current.set('title', 'Mine'));
  act(() => result.current.receive(counted(9).record ?? {}, counted(9)));
  expect(result.current.record).toEqual({ ...stored, views: 9 });
  expect([...result.current.dirty]).toEqual(['title']);
  expect(result.current.marks.size).toBe(0);
  expect(result.current.bases.stored()).toEqual(stored);
  expect(result.current.bases.send(result.current.values())).toMatchObject({ base: { title: 'Maps' } });
});

test('a newer record brings its own counters, and what is counted in one that is not here yet waits for it', () => {
  const { result } = renderHook(() => useRecordForm(fields, stored));
  act(() => result.current.receive(counted(9).record ?? {}, counted(9)));
  act(() => result.current.receive({ ...stored, version: 3, title: 'Plans', views: 11 }));
  expect(result.current.record).toMatchObject({ version: 3, views: 11 });
  act(() => result.current.receive(counted(12, 4).record ?? {}, counted(12, 4)));
  expect(result.current.record).toMatchObject({ version: 3, title: 'Plans', views: 11 });
});
