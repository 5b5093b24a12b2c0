import { screen, waitFor, within } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { dialog, retype, saveIntoConflict, version } from './conflictSteps.ts';
import { drawPanel, type DrawnPanel } from './drawPanel.tsx';

let panel: DrawnPanel | undefined;
afterEach(async () => {
  await panel?.close();
  panel = undefined;
  localStorage.clear();
});

test('a record that could not be brought back with the colleague’s text can be brought back at the second try', async () => {
  panel = await drawPanel('/team/t1');
  let fails = true;
  const plain = globalThis.fetch;
  vi.stubGlobal('fetch', (url: string, init?: RequestInit) =>
    init?.method === 'POST' && url.endsWith('/api/team') && fails
      ? Promise.resolve(Response.json({ code: 'INTERNAL', title: 'No', status: 500 }, { status: 500 }))
      : plain(url, init),
  );
  await panel.signIn();
  await screen.findByRole('heading', { name: 'Élodie Noël', level: 1 });
  await screen.findByText('Live');
  await retype(panel, /Role/, 'Lead developer');
  panel.standIn.saveAs('Bruno', 'team', 't1', { role: 'Architect' });
  await saveIntoConflict(panel);
  panel.standIn.removeAs('Chloé', 'team', 't1');
  await screen.findByRole('dialog', { name: 'Chloé deleted this record' });
  await panel.user.click(version(/Take the version/));
  await panel.user.click(within(dialog()).getByRole('button', { name: 'Bring it back with these choices' }));
  await screen.findByText(/^Not saved/, { selector: '[role=status]' });
  fails = false;
  await panel.user.click(screen.getByRole('button', { name: 'Bring it back with my changes' }));
  await waitFor(() =>
    expect(panel?.standIn.records.get('team')?.get('t1')).toMatchObject({ name: 'Élodie Noël', role: 'Architect' }),
  );
  await screen.findByText('Saved', { selector: '[role=status]' });
  expect(screen.queryByText('This record was deleted')).toBeNull();
});
