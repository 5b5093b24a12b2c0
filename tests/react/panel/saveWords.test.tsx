import { renderHook } from '@testing-library/react';
import i18next from 'i18next';
import type { ReactNode } from 'react';
import { I18nextProvider } from 'react-i18next';
import { beforeAll, expect, test } from 'vitest';
import {
  describeProblem,
  describeSyncState,
  idleSyncState,
  type EntryStatus,
  type SyncProblem,
} from 'backoffice-sync/client';
import { createPanelServices } from '../../../backoffice/panel/data/createPanelServices.ts';
import { PanelServicesContext } from '../../../backoffice/panel/data/usePanelServices.ts';
import { startLanguage } from '../../../backoffice/panel/language/startLanguage.ts';
import { useSaveWords } from '../../../backoffice/panel/record/useSaveWords.ts';

beforeAll(async () => void (await startLanguage()));

const entry = (status: EntryStatus, problem?: SyncProblem) => ({
  id: status,
  url: '/api/team/t1',
  method: 'PATCH' as const,
  status,
  data: {},
  sends: { data: {}, base: null, unset: [] },
  addedAt: new Date(0),
  ...(problem === undefined ? {} : { problem }),
});
const ended: SyncProblem = { code: 'LOGIN_REQUIRED', title: '', status: 401 };

test.each([
  ['that another record has a conflict is not said of it', [entry('conflict'), entry('sending')], 'Saving…'],
  ['that another save has failed is not said of it', [entry('failed'), entry('sending')], 'Saving…'],
  ['that the session has ended is', [entry('waiting', ended)], 'Sign in again to save'],
])('while a form is being saved, %s', (_what, entries, text) => {
  const services = createPanelServices({ backendUrl: '', siteUrl: null, title: '' });
  const state = { ...idleSyncState, syncing: true, queueLength: 1, entries };
  const words = () => ({ describeSyncState, describeProblem });
  const saves = { ...services.saves, getState: () => state, words };
  const wrapper = ({ children }: { readonly children: ReactNode }) => (
    <I18nextProvider i18n={i18next}>
      <PanelServicesContext value={{ ...services, saves }}>{children}</PanelServicesContext>
    </I18nextProvider>
  );
  const about = { phase: { is: 'saving' }, dirty: 1, savedAt: null } as const;
  const { result } = renderHook(() => useSaveWords(about), { wrapper });
  expect(result.current.text).toBe(text);
});
