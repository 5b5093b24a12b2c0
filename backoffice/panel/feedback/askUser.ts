/** Asks and tells from anywhere; the code of dialogs and toasts is loaded when the first one is needed. */

import type { ReactNode } from 'react';

/** What a dialog asks. */
export interface Question {
  readonly title: string;
  readonly body: string;
  readonly confirm: string;
  readonly cancel: string;
  /** True when the answer cannot be undone. */
  readonly isFinal?: boolean;
}

/** A short message that goes by itself. */
export interface Toast {
  readonly tone: 'good' | 'bad' | 'waiting' | 'plain';
  readonly message: ReactNode;
  readonly title?: string;
  /** Told again with the same one, it changes what it says instead of standing there twice. */
  readonly id?: string;
  /** True is read out at once; else when the screen reader has finished its sentence. Default true for `bad`. */
  readonly isUrgent?: boolean;
  readonly onGone?: () => void;
}

/** What the loaded host can do. */
export interface DialogHandles {
  readonly ask: (question: Question) => Promise<boolean>;
  readonly tell: (toast: Toast) => void;
  readonly end: (id: string) => void;
}

const listeners = new Set<() => void>();
let isWanted = false;
let handles: DialogHandles | undefined;
let waiting: ((ready: DialogHandles) => void)[] = [];

/** The door between the screens and the host, which is a component far above them. */
export const dialogHost = {
  isWanted: () => isWanted,
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  /** Loads the host; asked again it does nothing. */
  want: () => {
    if (isWanted) return;
    isWanted = true;
    for (const listener of listeners) listener();
  },
  /** Called by the host when it stands, and with nothing when it goes. */
  attach: (ready: DialogHandles | undefined) => {
    handles = ready;
    if (ready === undefined) return;
    const asked = waiting;
    waiting = [];
    for (const resume of asked) resume(ready);
  },
};

/** Asks a question and resolves to whether it was confirmed. */
export async function askUser(question: Question): Promise<boolean> {
  const ready = await Promise.race([whenReady(), after(patienceMs)]);
  // The code of the dialog cannot be fetched right now; the question has to be asked all the same.
  if (ready === undefined) return window.confirm(`${question.title}\n\n${question.body}`);
  return ready.ask(question);
}

/** Shows a message for some seconds. */
export function tellUser(toast: Toast): void {
  void whenReady().then((ready) => ready.tell(toast));
}

/** Takes a message away before its time. */
export function endToast(id: string): void {
  void whenReady().then((ready) => ready.end(id));
}

/** How long a question waits for its dialog before the browser's own is used, in milliseconds. */
const patienceMs = 2000;

function after(ms: number): Promise<undefined> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(undefined), ms);
  });
}

function whenReady(): Promise<DialogHandles> {
  if (handles !== undefined) return Promise.resolve(handles);
  dialogHost.want();
  return new Promise((resolve) => waiting.push(resolve));
}
