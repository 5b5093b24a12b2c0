import { screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { JsonObject } from '../../../shared/json.ts';
import { drawPanel, type DrawnPanel } from './drawPanel.tsx';

/** A save that the page has sent. */
interface Sent {
  readonly method: string;
  readonly url: string;
  readonly body: JsonObject;
}

let panel: DrawnPanel;
let sent: Sent[];
/** What becomes of the next creates; each waits for it before it reaches the server. */
let onCreate: (send: () => Promise<Response>) => Promise<Response>;

beforeEach(async () => {
  panel = await drawPanel('/team/new');
  sent = [];
  onCreate = (send) => send();
  const plain = globalThis.fetch;
  vi.stubGlobal('fetch', (url: string, init?: RequestInit) => {
    const method = init?.method ?? 'GET';
    if (!url.includes('/api/team') || method === 'GET') return plain(url, init);
    sent.push({ method, url: new URL(url).pathname, body: JSON.parse(init?.body as string) as JsonObject });
    return method === 'POST' ? onCreate(() => plain(url, init)) : plain(url, init);
  });
  await panel.signIn();
  await screen.findByRole('heading', { name: 'Add: Team member', level: 1 });
  await panel.user.type(name(), 'Ada');
  await panel.user.type(screen.getByLabelText(/Role/), 'Engineer');
  await panel.user.type(number(), 'E-9');
});
afterEach(async () => {
  await panel.close();
  localStorage.clear();
});

const name = () => screen.getByLabelText<HTMLInputElement>(/^Name/);
const number = () => screen.getByLabelText<HTMLInputElement>(/Employee number/);
const save = () => panel.user.keyboard('{Control>}s{/Control}');
const added = () =>
  [...(panel.standIn.records.get('team')?.values() ?? [])].filter(({ employeeId }) => employeeId === 'E-9');
const isOpen = (heading: string) => screen.findByRole('heading', { name: heading, level: 1 });
const methods = () => sent.map(({ method }) => method);
const isSent = (count: number) => waitFor(() => expect(sent).toHaveLength(count));

/** Holds creates back until `release` is called. */
function holdCreates(): () => void {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  onCreate = async (send) => {
    await released;
    return send();
  };
  return () => release();
}

describe('a new record', () => {
  test('what is typed while it is being created is an unsaved edit of it, and the typing goes on where it was', async () => {
    const release = holdCreates();
    await panel.user.click(name());
    await save();
    await isSent(1);
    await panel.user.keyboard(' L');
    release();
    await isOpen('Ada');
    expect(name()).toHaveValue('Ada L');
    await waitFor(() => expect(name()).toHaveFocus());
    expect(screen.getByText('1 unsaved change', { selector: '[role=status]' })).toBeInTheDocument();
    name().setSelectionRange(4, 4);
    await panel.user.keyboard('K. ');
    expect(name()).toHaveValue('Ada K. L');
    await save();
    await waitFor(() => expect(added()).toMatchObject([{ name: 'Ada K. L', version: 2 }]));
    expect(methods()).toEqual(['POST', 'PATCH']);
    expect(sent[1]?.body).toEqual({ name: 'Ada K. L', $base: { name: 'Ada' } });
  });

  test('a field that is only touched while it is being created is saved with the next save, without a question', async () => {
    const release = holdCreates();
    await save();
    await isSent(1);
    await panel.user.type(screen.getByLabelText(/Biography/), 'Wrote the first program.');
    release();
    await isOpen('Ada');
    expect(screen.getByLabelText(/Biography/)).toHaveValue('Wrote the first program.');
    await save();
    await waitFor(() => expect(added()).toMatchObject([{ bio: 'Wrote the first program.', version: 2 }]));
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  test('what the server writes its own way at the create is no conflict with what is typed meanwhile', async () => {
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    onCreate = async (send) => {
      await released;
      const made = (await (await send()).json()) as JsonObject;
      const written = { ...made, name: 'ADA' };
      panel.standIn.records.get('team')?.set(String(made['id']), written);
      return Response.json(written, { status: 201 });
    };
    await panel.user.click(name());
    await save();
    await isSent(1);
    await panel.user.keyboard(' L');
    release();
    await isOpen('ADA');
    expect(name()).toHaveValue('Ada L');
    await save();
    await waitFor(() => expect(added()).toMatchObject([{ name: 'Ada L', version: 2 }]));
    expect(sent.at(-1)?.body).toEqual({ name: 'Ada L', $base: { name: 'ADA' } });
  });

  test('a second save while it is being created is a save of the same record', async () => {
    const release = holdCreates();
    await panel.user.click(name());
    await save();
    await isSent(1);
    await panel.user.keyboard('!');
    await save();
    release();
    await isOpen('Ada!');
    expect(added()).toMatchObject([{ name: 'Ada!', version: 2 }]);
    expect(methods()).toEqual(['POST', 'PATCH']);
    expect(screen.getByText('Saved', { selector: '[role=status]' })).toBeInTheDocument();
  });

  test('an input that is being typed in keeps the focus when the record is there', async () => {
    await panel.user.click(name());
    name().setSelectionRange(1, 2);
    await save();
    await isOpen('Ada');
    await waitFor(() => expect(name()).toHaveFocus());
    expect([name().selectionStart, name().selectionEnd]).toEqual([1, 2]);
  });

  test('what can be set only once cannot be typed while it is being created, and can again when that was refused', async () => {
    const release = holdCreates();
    const email = screen.getByLabelText(/E-mail/);
    await panel.user.type(email, 'nonsense');
    await save();
    await isSent(1);
    await panel.user.type(number(), '0');
    expect(number()).toHaveValue('E-9');
    release();
    await waitFor(() => expect(email).toHaveAccessibleDescription(/e-mail address/));
    await panel.user.type(number(), '0');
    expect(number()).toHaveValue('E-90');
  });

  test('an answer that is lost makes no second record: the next save changes the first one', async () => {
    onCreate = async (send) => {
      await send();
      onCreate = (next) => next();
      return Response.json({ code: 'INTERNAL', title: 'Lost', status: 500 }, { status: 500 });
    };
    await save();
    expect(await screen.findByRole('button', { name: 'Try again' })).toBeInTheDocument();
    await panel.user.type(name(), ' L');
    await save();
    await isOpen('Ada L');
    expect(added()).toMatchObject([{ name: 'Ada L', version: 2 }]);
    expect(methods()).toEqual(['POST', 'POST', 'PATCH']);
    expect(sent[1]?.body['id']).toBe(sent[0]?.body['id']);
  });

  test('what can be set only once stays as it was sent while nobody knows whether the record exists', async () => {
    onCreate = async (send) => {
      await send();
      onCreate = (next) => next();
      return Response.json({ code: 'INTERNAL', title: 'Lost', status: 500 }, { status: 500 });
    };
    await save();
    expect(await screen.findByRole('button', { name: 'Try again' })).toBeInTheDocument();
    expect(screen.getByText(/not known yet whether it was created/)).toHaveTextContent(/Employee number and Joined/);
    await panel.user.type(number(), '0');
    expect(number()).toHaveValue('E-9');
    await save();
    await isOpen('Ada');
    expect(added()).toMatchObject([{ name: 'Ada', employeeId: 'E-9' }]);
    expect(screen.queryByText(/not known yet whether it was created/)).toBeNull();
  });

  test('what can be set only once can be corrected where the server refuses it after an answer was lost', async () => {
    onCreate = () => Promise.resolve(Response.json({ code: 'INTERNAL', title: 'Lost', status: 500 }, { status: 500 }));
    await save();
    await screen.findByRole('button', { name: 'Try again' });
    const errors = [{ path: '/employeeId', code: 'custom', message: 'Taken.' }];
    onCreate = () =>
      Promise.resolve(Response.json({ code: 'INVALID', title: 'Invalid', status: 422, errors }, { status: 422 }));
    await save();
    await waitFor(() => expect(number()).toHaveAccessibleDescription(/Taken/));
    await panel.user.type(number(), '0');
    expect(number()).toHaveValue('E-90');
  });

  test('is another one after what was typed for the one in doubt was discarded', async () => {
    onCreate = async (send) => {
      await send();
      onCreate = (next) => next();
      return Response.json({ code: 'INTERNAL', title: 'Lost', status: 500 }, { status: 500 });
    };
    await save();
    await screen.findByRole('button', { name: 'Try again' });
    await panel.user.click(screen.getByRole('button', { name: 'Discard changes' }));
    const dialog = await screen.findByRole('dialog');
    await panel.user.click(within(dialog).getByRole('button', { name: 'Discard changes' }));
    await waitFor(() => expect(number()).toHaveValue(''));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    await panel.user.type(number(), 'E-9');
    await panel.user.type(name(), 'Bea');
    await panel.user.type(screen.getByLabelText(/Role/), 'Engineer');
    await save();
    await isOpen('Bea');
    expect(added().map((each) => each['name'])).toEqual(['Ada', 'Bea']);
  });

  test('that is left while it is on its way is asked about truthfully, and created all the same', async () => {
    const release = holdCreates();
    await save();
    await isSent(1);
    await panel.user.click(
      within(screen.getByRole('navigation', { name: 'Breadcrumb' })).getByRole('link', { name: 'Team' }),
    );
    const dialog = await screen.findByRole('dialog', { name: 'Leave while this is on its way?' });
    expect(dialog).toHaveTextContent(/also when you leave\. Should the server refuse it, what you typed is lost/);
    await panel.user.click(within(dialog).getByRole('button', { name: 'Leave' }));
    await isOpen('Team');
    release();
    await waitFor(() => expect(added()).toMatchObject([{ name: 'Ada' }]));
    expect(screen.getByRole('heading', { name: 'Team', level: 1 })).toBeInTheDocument();
  });

  test('an answer that never comes is asked for again with the same key', async () => {
    const keys: (string | null)[] = [];
    const watched = globalThis.fetch;
    vi.stubGlobal('fetch', (url: string, init?: RequestInit) => {
      if (init?.method === 'POST') keys.push(new Headers(init.headers).get('Idempotency-Key'));
      return watched(url, init);
    });
    onCreate = () => {
      onCreate = (next) => next();
      return Promise.reject(new TypeError('The connection was cut'));
    };
    await save();
    await isOpen('Ada');
    expect(added()).toHaveLength(1);
    expect(keys).toHaveLength(2);
    expect(keys[1]).toBe(keys[0]);
  });
});
