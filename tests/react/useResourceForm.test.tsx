import { act, renderHook, waitFor } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createConnection, createRealtimeSyncService, type Connection } from 'backoffice-sync/client';
import type { RealtimeSyncService } from 'backoffice-sync/client';
import { useConnection, useResourceForm } from 'backoffice-sync/react';
import { ConnectionContext } from '../../backoffice/react/live/ConnectionContext.ts';
import { apiToken, startSync, type Started } from '../helpers/startSync.ts';

const url = '/api/settings';
let at: Started;
let service: RealtimeSyncService;
let connection: Connection;
beforeEach(async () => {
  at = await startSync();
  service = createRealtimeSyncService({ backendUrl: at.url, token: apiToken });
  connection = createConnection({ backendUrl: at.url, token: apiToken, transports: ['poll'], pollingInterval: 1000 });
});
afterEach(async () => {
  connection.close();
  service.close();
  await at.stop();
  vi.restoreAllMocks();
});

const stored = async () => (await at.send('GET', url)).json();
const theirs = (fields: object) => at.send('PATCH', url, fields);
const openForm = async () => {
  const { result } = renderHook(() => useResourceForm(url, { service }));
  await waitFor(() => expect(result.current.status).toBe('idle'));
  return result;
};

it('a form merges what is typed in it with what a colleague has changed in another field', async () => {
  const form = await openForm();
  await theirs({ phone: 'Theirs' });
  act(() => form.current.set('companyName', 'Mine'));
  expect(form.current).toMatchObject({ dirty: ['companyName'], values: { companyName: 'Mine' } });
  expect(await act(() => form.current.save())).toBe(true);
  expect(form.current).toMatchObject({ status: 'idle', dirty: [], values: { companyName: 'Mine', phone: 'Theirs' } });
  expect(await stored()).toMatchObject({ companyName: 'Mine', phone: 'Theirs' });
});

it('a form keeps what is typed when a colleague has changed the same field, and lets the person decide', async () => {
  const form = await openForm();
  act(() => form.current.set('companyName', 'Mine'));
  await theirs({ companyName: 'Theirs' });
  expect(await act(() => form.current.save())).toBe(false);
  expect(form.current).toMatchObject({ status: 'conflict', conflicts: [{ path: '/companyName', theirs: 'Theirs' }] });
  expect(form.current.values).toMatchObject({ companyName: 'Mine' });
  expect(await act(() => form.current.decide('mine'))).toBe(true);
  expect(form.current).toMatchObject({ status: 'idle', conflicts: [], dirty: [] });
  expect(await stored()).toMatchObject({ companyName: 'Mine' });
});

it('what is typed while a save is on its way is not lost by its answer, and based on what that save said', async () => {
  const form = await openForm();
  act(() => form.current.set('companyName', 'First'));
  let saving: Promise<boolean> | undefined;
  act(() => void (saving = form.current.save()));
  act(() => form.current.set('companyName', 'Second'));
  expect(await act(() => saving as Promise<boolean>)).toBe(false);
  expect(form.current).toMatchObject({ status: 'idle', dirty: ['companyName'], values: { companyName: 'Second' } });
  expect(await act(() => form.current.save())).toBe(true);
  expect(await stored()).toMatchObject({ companyName: 'Second' });
});

it('below a provider a form follows its record, and its text stays', async () => {
  const wrapper = ({ children }: { readonly children: ReactNode }) => (
    <ConnectionContext value={{ connection }}>{children}</ConnectionContext>
  );
  const { result } = renderHook(() => ({ form: useResourceForm(url, { service }), connection: useConnection() }), {
    wrapper,
  });
  await waitFor(() => expect(result.current.connection).toMatchObject({ state: 'polling', isConnected: true }));
  await waitFor(() => expect(result.current.form.status).toBe('idle'));
  act(() => result.current.form.set('companyName', 'Mine'));
  await theirs({ phone: 'Told live' });
  await waitFor(() => expect(result.current.form.values).toMatchObject({ phone: 'Told live', companyName: 'Mine' }), {
    timeout: 4000,
  });
});

it('a connection is closed outside of a provider, and trying again does nothing', () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const { result } = renderHook(() => useConnection());
  expect(result.current).toMatchObject({ state: 'closed', isConnected: false, status: null });
  result.current.reconnect();
});
