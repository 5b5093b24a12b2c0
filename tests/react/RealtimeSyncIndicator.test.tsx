import { act, render, screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import axe from 'axe-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RealtimeSyncIndicator } from 'backoffice-sync/react';
import { createStandInService, type StandInService } from './standInService.ts';

let standIn: StandInService;
beforeEach(() => void (standIn = createStandInService()));
afterEach(() => {
  standIn.service.close();
  document.documentElement.lang = '';
});

const show = (locale?: 'en' | 'fr') =>
  render(<RealtimeSyncIndicator service={standIn.service} {...(locale ? { locale } : {})} />);
const save = async (fields: object, status: number, body: object, url = '/api/settings') => {
  const before = standIn.requests.length;
  act(() => void standIn.service.sync(url, 'PATCH', fields).catch(() => undefined));
  await waitFor(() => expect(standIn.requests).toHaveLength(before + 1));
  act(() => standIn.requests[before]?.answer(status, body));
};
const refused = {
  code: 'INVALID',
  title: 'Some fields are not valid',
  status: 422,
  requestId: 'r-7',
  errors: [{ path: '/email', code: 'email', message: 'Not an address' }],
};
const conflict = {
  code: 'CONFLICT',
  title: 'Somebody else changed the same fields',
  status: 409,
  conflicts: [{ path: '/name', base: 'a', mine: 'b', theirs: 'c', author: 'B', at: null }],
  current: { name: 'c' },
};

describe('the indicator', () => {
  it('says the state in words: saving, then saved', async () => {
    show('en');
    expect(screen.getByRole('status')).toHaveTextContent('No changes');
    act(() => void standIn.service.syncSettings({ name: 'b' }).catch(() => undefined));
    await waitFor(() => expect(screen.getByRole('status')).toHaveTextContent('Saving…'));
    act(() => standIn.requests[0]?.answer(200, { name: 'b' }));
    await waitFor(() => expect(screen.getByRole('status')).toHaveTextContent('Saved just now'));
  });

  it('speaks the language of the document', () => {
    document.documentElement.lang = 'fr-CA';
    show();
    expect(screen.getByRole('status')).toHaveTextContent('Aucune modification');
    expect(screen.getByRole('button', { name: 'Afficher les détails' })).toBeInTheDocument();
  });

  it('lists a failed save with its reason and sends it again', async () => {
    show('en');
    await save({ email: 'x' }, 422, refused);
    await userEvent.click(await screen.findByRole('button', { name: 'Show details' }));
    const item = screen.getByRole('listitem');
    expect(item).toHaveTextContent('Some fields are not valid. Correct them, then save again.');
    expect(item).toHaveTextContent('Not an address');
    expect(item).toHaveTextContent('Request r-7');
    await userEvent.click(within(item).getByRole('button', { name: 'Try again — Settings' }));
    await waitFor(() => expect(standIn.requests).toHaveLength(2));
    act(() => standIn.requests[1]?.answer(200, { email: 'x' }));
    expect(await screen.findByText('Everything is saved.')).toBeInTheDocument();
  });

  it('asks before it throws away what was typed', async () => {
    show('en');
    await save({ email: 'x' }, 422, refused);
    await userEvent.click(screen.getByRole('button', { name: 'Show details' }));
    await userEvent.click(screen.getByRole('button', { name: 'Discard — Settings' }));
    expect(screen.getByRole('alert')).toHaveTextContent('What you typed will be lost.');
    expect(standIn.service.getState().entries).toHaveLength(1);
    await userEvent.click(screen.getByRole('button', { name: 'Discard it — Settings' }));
    expect(standIn.service.getState().entries).toHaveLength(0);
  });

  it('ends a conflict with mine or theirs', async () => {
    show('fr');
    await save({ name: 'b' }, 409, conflict);
    await waitFor(() => expect(screen.getByRole('status')).toHaveTextContent('Conflit à régler'));
    await userEvent.click(screen.getByRole('button', { name: 'Afficher les détails' }));
    expect(screen.getByRole('listitem')).toHaveTextContent('name : la mienne « b », l’autre « c »');
    await userEvent.click(screen.getByRole('button', { name: 'Garder ma version — Réglages' }));
    await waitFor(() => expect(standIn.requests[1]?.body).toEqual({ name: 'b', $base: { name: 'c' } }));
    act(() => standIn.requests[1]?.answer(200, { name: 'b' }));
    expect(await screen.findByText('Tout est enregistré.')).toBeInTheDocument();
  });

  it('hands a conflict to the page’s own surface where there is one', async () => {
    const opened: string[] = [];
    render(
      <RealtimeSyncIndicator service={standIn.service} locale="en" onResolve={(entry) => opened.push(entry.url)} />,
    );
    await save({ name: 'b' }, 409, conflict, '/api/team/a');
    await userEvent.click(screen.getByRole('button', { name: 'Show details' }));
    expect(screen.queryByText('Keep my version')).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: 'Resolve — Team › b' }));
    expect(opened).toEqual(['/api/team/a']);
  });

  it('opens the form of a refused save where the page has one', async () => {
    const opened: string[] = [];
    render(<RealtimeSyncIndicator service={standIn.service} locale="en" onOpen={(entry) => opened.push(entry.url)} />);
    await save({ name: 'b' }, 403, { code: 'FORBIDDEN', title: 'No', status: 403 }, '/api/team/a');
    await userEvent.click(screen.getByRole('button', { name: 'Show details' }));
    await userEvent.click(screen.getByRole('button', { name: 'Open — Team › b' }));
    expect(opened).toEqual(['/api/team/a']);
  });

  it('works with the keyboard alone, and Escape brings the focus back', async () => {
    show('en');
    await userEvent.tab();
    await userEvent.keyboard('{Enter}');
    expect(screen.getByRole('group', { name: 'Your saves' })).toBeInTheDocument();
    await userEvent.keyboard('{Escape}');
    expect(screen.getByRole('button', { name: 'Show details' })).toHaveFocus();
  });

  it('has nothing that axe objects to, closed and open', async () => {
    const { container } = show('en');
    await save({ email: 'x' }, 422, refused);
    await save({ name: 'b' }, 409, conflict, '/api/team/a');
    expect((await axe.run(container)).violations).toEqual([]);
    await userEvent.click(screen.getByRole('button', { name: 'Show details' }));
    expect((await axe.run(container)).violations).toEqual([]);
  });
});
