import { screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { standInResources } from '../../helpers/panelStandInResources.ts';
import { drawPanel, type DrawnPanel } from './drawPanel.tsx';

let panel: DrawnPanel | undefined;
afterEach(async () => {
  await panel?.close();
  panel = undefined;
});

/** The stand-in's resources with what is declared of each. */
function configured(followers: number, rows?: number): readonly object[] {
  const live = [true, 'notify', false, true] as const;
  const priority = ['high', 'medium', 'low', 'medium'] as const;
  return standInResources.map((resource, at) => ({
    ...resource,
    realtime: { live: live[at], priority: priority[at], followers },
    ...(rows === undefined ? {} : { rows }),
  }));
}

async function open(resources: readonly object[]): Promise<DrawnPanel> {
  panel = await drawPanel('/sync/configuration');
  panel.standIn.configuration = resources;
  await panel.signIn();
  return panel;
}

const cells = async (name: string): Promise<readonly (string | null)[]> => {
  const row = (await screen.findByRole('cell', { name })).closest('tr');
  return [...(row?.querySelectorAll('td') ?? [])].map((cell) => cell.textContent);
};

describe('the configuration screen', () => {
  test('says of each resource whether it is live, how much that matters and how many follow', async () => {
    await open(configured(1234));
    expect(await cells('Settings')).toEqual(['Settings', 'Yes', 'High', '1,234']);
    expect(await cells('Team')).toEqual(['Team', 'Signal only', 'Medium', '1,234']);
    expect(await cells('News')).toEqual(['News', 'No', 'Low', '1,234']);
    expect(screen.queryByRole('columnheader', { name: 'Records' })).not.toBeInTheDocument();
  });

  test('counts the records where the server does', async () => {
    await open(configured(2, 56));
    expect(await cells('Team')).toEqual(['Team', 'Signal only', 'Medium', '2', '56']);
  });

  test('is read again by a click', async () => {
    const { user, standIn } = await open(configured(2));
    expect(await cells('Team')).toContain('2');
    standIn.configuration = configured(3);
    await user.click(screen.getByRole('button', { name: 'Refresh' }));
    await waitFor(async () => expect(await cells('Team')).toContain('3'));
  });

  test('says of when its figures are while the server does not answer', async () => {
    const { user } = await open(configured(2));
    await cells('Team');
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')));
    await user.click(screen.getByRole('button', { name: 'Refresh' }));
    expect(await screen.findByText(/the server has not answered since/)).toBeInTheDocument();
    expect(await cells('Team')).toContain('2');
  });
});
