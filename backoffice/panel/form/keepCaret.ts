/** Keeps the caret where it is in a text that somebody else changes under it. */
import { isJsonObject, type JsonValue } from '../../../shared/json.ts';
import { escapeToken, formatKeyToken, getAt } from '../../../shared/merge/pointer.ts';
import { moveCaret } from './moveCaret.ts';
import { toFormPath } from './toFormPath.ts';

/**
 * Shows values that came from elsewhere; `show` writes them into the form, `values` reads the form.
 *
 * The text is put into the focused input here, before React does: React writes a value that differs, and a browser then puts
 * the caret at its end. What React finds equal it leaves alone.
 */
export function keepCaret(values: () => JsonValue, show: () => void): void {
  const input = document.activeElement;
  if (!isText(input)) return show();
  const { value: text, selectionStart: from, selectionEnd: to, selectionDirection } = input;
  const place = placeOf(values(), input.name);
  show();
  const after = values();
  const shown = getAt(after, toPointer(toFormPath(after, place)));
  // Tags show what is typed and not their value; a caret that cannot be read cannot be kept.
  if (typeof shown !== 'string' || shown === text || from === null || to === null) return;
  input.value = shown;
  input.setSelectionRange(moveCaret(text, shown, from), moveCaret(text, shown, to), selectionDirection ?? 'none');
}

function isText(element: Element | null): element is HTMLInputElement | HTMLTextAreaElement {
  return element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement;
}

const toPointer = (path: string) => `/${path.split('.').map(escapeToken).join('/')}`;

/** The place of an input, with each item by its id: an item that was added before it moves the input, not the text. */
function placeOf(values: JsonValue, path: string): string {
  let pointer = '';
  let value: JsonValue | undefined = values;
  for (const name of path.split('.')) {
    value = getAt(value, `/${escapeToken(name)}`);
    const id = isJsonObject(value) && /^\d+$/.test(name) ? value['id'] : undefined;
    pointer += `/${escapeToken(typeof id === 'string' ? formatKeyToken('id', id) : name)}`;
  }
  return pointer;
}
