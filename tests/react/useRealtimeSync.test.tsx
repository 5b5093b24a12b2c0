import { act, render, screen, waitFor } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RealtimeSyncServiceProvider, useRealtimeSync, useSyncState, type RealtimeSync } from 'backoffice-sync/react';
import { createStandInService, type StandInService } from './standInService.ts';

let standIn: StandInService;
const seen: RealtimeSync[] = [];

beforeEach(() => {
  standIn = createStandInService();
  seen.length = 0;
});
afterEach(() => standIn.service.close());

function SaveButton() {
  const sync = useRealtimeSync();
  seen.push(sync);
  return (
    <>
      <button onClick={() => void sync.syncSettings({ companyName: 'A' }).catch(() => undefined)}>save</button>
      <p>{sync.syncing ? 'saving' : 'idle'}</p>
      <p>error: {sync.syncError?.title ?? 'none'}</p>
      <p>last: {sync.lastSyncTime ? 'saved' : 'never'}</p>
    </>
  );
}

const renderButton = () =>
  render(
    <RealtimeSyncServiceProvider service={standIn.service}>
      <SaveButton />
    </RealtimeSyncServiceProvider>,
  );

it('a component with only the hook shows that it saves, and when it has saved', async () => {
  renderButton();
  await userEvent.click(screen.getByText('save'));
  await screen.findByText('saving');
  expect(standIn.requests[0]).toMatchObject({ url: '/api/settings', method: 'PATCH', body: { companyName: 'A' } });
  act(() => standIn.requests[0]?.answer(200, { companyName: 'A', version: 2 }));
  await screen.findByText('last: saved');
  expect(screen.getByText('idle')).toBeInTheDocument();
});

it('a component with only the hook shows the error', async () => {
  renderButton();
  await userEvent.click(screen.getByText('save'));
  await waitFor(() => expect(standIn.requests).toHaveLength(1));
  act(() => standIn.requests[0]?.answer(422, { code: 'INVALID', title: 'Some fields are not valid', status: 422 }));
  await screen.findByText('error: Some fields are not valid');
});

it('the hook gives exactly the promised members, and its functions stay the same', async () => {
  renderButton();
  await userEvent.click(screen.getByText('save'));
  await screen.findByText('saving');
  const [first, last] = [seen[0], seen.at(-1)];
  expect(Object.keys(first ?? {}).sort()).toEqual(
    [
      'lastSyncTime',
      'queueSync',
      'sync',
      'syncError',
      'syncServices',
      'syncSettings',
      'syncSolutions',
      'syncTeam',
      'syncing',
    ].sort(),
  );
  expect(last).not.toBe(first);
  for (const name of ['sync', 'queueSync', 'syncSettings', 'syncTeam', 'syncServices', 'syncSolutions'] as const) {
    expect(last?.[name]).toBe(first?.[name]);
  }
});

it('a service that is handed over wins over the provider’s', async () => {
  const other = createStandInService();
  function Length() {
    return <p>{useSyncState({ service: other.service }).queueLength} waiting</p>;
  }
  render(
    <RealtimeSyncServiceProvider service={standIn.service}>
      <Length />
    </RealtimeSyncServiceProvider>,
  );
  act(() => void other.service.syncSettings({ a: 1 }).catch(() => undefined));
  await screen.findByText('1 waiting');
  act(() => other.service.close());
});
