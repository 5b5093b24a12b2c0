/** The input that a person is typing in, found again on the next screen. */

/** An input by the name that the form has for it. `text` is what it shows, also where that is not the value of the field yet. */
export interface OpenInput {
  readonly name: string;
  readonly text: string;
  /** Null for an input that does not say where its caret is. */
  readonly selection: readonly [from: number, to: number] | null;
}

/** Where a person is typing now; null when that is in no input with a name. */
export function openInput(): OpenInput | null {
  const input = document.activeElement;
  if (!isInput(input) || input.name === '') return null;
  const [from, to] = isText(input) ? [input.selectionStart, input.selectionEnd] : [null, null];
  return { name: input.name, text: input.value, selection: from === null || to === null ? null : [from, to] };
}

/**
 * Puts the focus there, at once: the form library does it a moment later, and the keys of that moment would go nowhere.
 *
 * Shape   `asItIs` leaves the caret where it is, which an input remembers while it has no focus
 */
export function focusOpenInput(at: OpenInput | null, how: 'withCaret' | 'asItIs'): void {
  const input = at === null ? undefined : [...document.getElementsByName(at.name)].find(isInput);
  if (input === undefined || at === null) return;
  input.focus({ preventScroll: how === 'asItIs' });
  if (how === 'withCaret' && isText(input) && at.selection !== null) input.setSelectionRange(...at.selection);
}

function isText(element: Element | null): element is HTMLInputElement | HTMLTextAreaElement {
  return element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement;
}

function isInput(element: Element | null): element is HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement {
  return isText(element) || element instanceof HTMLSelectElement;
}
