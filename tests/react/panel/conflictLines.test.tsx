import { screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, test } from 'vitest';
import {
  dialog,
  openSettings,
  result,
  retype,
  saveIntoConflict,
  settle,
  stored,
  theirs,
  version,
} from './conflictSteps.ts';
import type { DrawnPanel } from './drawPanel.tsx';

let panel: DrawnPanel | undefined;
afterEach(async () => {
  await panel?.close();
  panel = undefined;
  localStorage.clear();
});

const before = 'opening\n\nmiddle\n\nend';

/** Two people change lines of one text; resolves when the dialog is open. */
async function collideInLines(mine: string, other: string): Promise<DrawnPanel> {
  const drawn = await openSettings();
  theirs(drawn, { tagline: before });
  await waitFor(() => expect(screen.getByLabelText(/Tagline/)).toHaveValue(before));
  await retype(drawn, /Tagline/, mine);
  theirs(drawn, { tagline: other });
  await saveIntoConflict(drawn);
  return drawn;
}
const tagline = (drawn: DrawnPanel, text: string) =>
  waitFor(() => expect(stored(drawn)).toMatchObject({ tagline: text }));

describe('a conflict in a text of several lines', () => {
  test('“Keep mine” keeps the lines of the colleague that did not collide, and shows them before', async () => {
    panel = await collideInLines('opening\n\nmiddle of mine\n\nend', 'opening of theirs\n\nmiddle of theirs\n\nend');
    expect(version(/Keep mine/)).toHaveAccessibleDescription(/opening.*of theirs.*middle.*of mine.*end/s);
    expect(dialog()).toHaveTextContent('What only one of you changed is in both versions');
    await panel.user.click(version(/Keep mine/));
    await panel.user.click(settle());
    await tagline(panel, 'opening of theirs\n\nmiddle of mine\n\nend');
  });

  test('taking the colleague’s version keeps my lines that did not collide', async () => {
    panel = await collideInLines('opening\n\nmiddle of mine\n\nend of mine', 'opening\n\nmiddle of theirs\n\nend');
    await panel.user.click(version(/Take the version/));
    await panel.user.click(settle());
    await tagline(panel, 'opening\n\nmiddle of theirs\n\nend of mine');
    await waitFor(() =>
      expect(screen.getByLabelText(/Tagline/)).toHaveValue('opening\n\nmiddle of theirs\n\nend of mine'),
    );
  });

  test('the original is without the lines of both', async () => {
    panel = await collideInLines('opening\n\nmiddle of mine\n\nend of mine', 'opening\n\nmiddle of theirs\n\nend');
    await panel.user.click(version(/Back to the original/));
    await panel.user.click(settle());
    await tagline(panel, before);
  });

  test('where no line collides both changes can be kept, and each version says which lines it leaves out', async () => {
    panel = await collideInLines('opening\n\nmiddle\n\nend of mine', 'opening of theirs\n\nmiddle\n\nend');
    expect(version(/Keep mine/)).toHaveAccessibleDescription(/Leaves out what Bruno wrote:\s*– opening of theirs/);
    expect(version(/Take the version/)).toHaveAccessibleDescription(/Leaves out what you wrote:\s*– end of mine/);
    await panel.user.click(version(/Keep both changes/));
    await panel.user.click(settle());
    await tagline(panel, 'opening of theirs\n\nmiddle\n\nend of mine');
  });

  test('the edited result starts with the lines of both', async () => {
    panel = await collideInLines('opening\n\nmiddle of mine\n\nend', 'opening of theirs\n\nmiddle of theirs\n\nend');
    await panel.user.click(version(/Edit the result/));
    expect(result()).toHaveValue('opening of theirs\n\nmiddle of mine\n\nend');
  });
});

describe('the marks of a conflict in a list', () => {
  test('are on whole items, without their bullets', async () => {
    const drawn = await openSettings();
    panel = drawn;
    theirs(drawn, { languages: ['French', 'Swiss German', 'Italian'] });
    await screen.findByText('Swiss German');
    await drawn.user.type(screen.getByRole('textbox', { name: 'Languages' }), 'English,');
    theirs(drawn, { languages: ['French', 'High German', 'Italian'] });
    await saveIntoConflict(drawn);
    expect(version(/Take the version/)).toHaveAccessibleDescription(
      /\[removed: • Swiss German\]\s*\[added: • High German\]/,
    );
    expect(within(dialog()).getAllByText('• English')[0]?.closest('ins')).not.toBeNull();
  });
});
