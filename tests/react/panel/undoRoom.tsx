import { screen } from '@testing-library/react';
import { z } from 'zod';
import { defineResource } from 'backoffice-sync';
import { adminPassword, startSync, type Started } from '../../helpers/startSync.ts';
import { drawPanelOf, type DrawnPanel } from './drawPanel.tsx';

/** The panel on a real server, and a colleague who uses the API. */
export interface UndoRoom extends Omit<DrawnPanel, 'standIn'> {
  readonly at: Started;
  /** Saves as the machine, whatever the record was before. */
  readonly colleague: (path: string, fields: object) => Promise<void>;
  readonly stored: (path: string) => Promise<Record<string, unknown>>;
}

const words = (en: string) => ({ en, fr: en });

/** `notes` saves by itself, `pages` too but only drafts; `team` waits for Save. */
const resources = [
  defineResource({
    name: 'team',
    label: words('Team'),
    schema: z.object({
      name: z.string().min(1),
      role: z.string().max(40).optional(),
      bio: z.string().max(500).optional(),
      pin: z.string().optional(),
    }),
    fields: { pin: { label: words('Pin') } },
    secret: ['pin'],
    seed: [{ id: 't1', name: 'Camille', role: 'CTO', bio: 'draws maps', pin: '1' }],
  }),
  defineResource({
    name: 'notes',
    label: words('Notes'),
    schema: z.object({ title: z.string().min(1), text: z.string().max(500).optional() }),
    autosave: { afterMs: 800 },
    seed: [{ id: 'n1', title: 'First', text: '' }],
  }),
  defineResource({
    name: 'pages',
    label: words('Pages'),
    drafts: true,
    public: 'all',
    schema: z.object({ title: z.string().min(1) }),
    autosave: { afterMs: 800 },
    seed: [{ id: 'p1', title: 'Home' }],
  }),
];

/** Opens the panel signed in, at the record of this address. */
export async function openUndoRoom(address: string): Promise<UndoRoom> {
  const at = await startSync({ resources });
  const drawn = await drawPanelOf(at.url, address, adminPassword);
  await drawn.signIn();
  await screen.findByRole('button', { name: /^Save/ });
  await screen.findByText('Live');
  return {
    ...drawn,
    at,
    colleague: async (path, fields) => {
      const answer = await at.send('PATCH', path, fields);
      if (!answer.ok) throw new Error(await answer.text());
    },
    stored: async (path) => (await (await at.send('GET', path)).json()) as Record<string, unknown>,
    close: async () => {
      await drawn.close();
      await at.stop();
    },
  };
}
