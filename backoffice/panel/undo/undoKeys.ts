/** Ctrl/⌘+Z, Ctrl/⌘+Shift+Z and Ctrl+Y, and the Undo of the browser's own menus, for what can be taken back on this page. */

/** Something that goes back and forth by these keys. */
export interface UndoTarget {
  /** Whether this input is its own, so that its keys are never the browser's. */
  readonly owns: (input: HTMLElement) => boolean;
  /** When something last happened in it, in milliseconds; null when it has nothing to take back. Outside of inputs the latest goes first. */
  readonly lastAt: () => number | null;
  /** False when there was nothing to do. */
  readonly undo: () => boolean;
  readonly redo: () => boolean;
}

const targets = new Set<UndoTarget>();

/** Gives the keys to a target; returns how to stop. */
export function followUndoKeys(target: UndoTarget): () => void {
  if (targets.size === 0) {
    window.addEventListener('keydown', onKey);
    window.addEventListener('beforeinput', onBeforeInput);
  }
  targets.add(target);
  return () => {
    targets.delete(target);
    if (targets.size > 0) return;
    window.removeEventListener('keydown', onKey);
    window.removeEventListener('beforeinput', onBeforeInput);
  };
}

type Wish = 'undo' | 'redo';

function onKey(event: KeyboardEvent): void {
  // While an input method composes, the keys are its own.
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229 || event.altKey) return;
  if (!event.ctrlKey && !event.metaKey) return;
  const key = event.key.toLowerCase();
  const isRedo = (key === 'z' && event.shiftKey) || (key === 'y' && event.ctrlKey && !event.shiftKey);
  if (key === 'z' || isRedo) goOn(event, isRedo ? 'redo' : 'undo');
}

/** The menus of the browser and gestures of a phone would go back over what others wrote into the field. */
function onBeforeInput(event: InputEvent): void {
  if (event.defaultPrevented) return;
  if (event.inputType === 'historyUndo') goOn(event, 'undo');
  if (event.inputType === 'historyRedo') goOn(event, 'redo');
}

function goOn(event: Event, wish: Wish): void {
  const at = document.activeElement;
  if (at?.closest('[role=dialog][aria-modal=true]') != null) return;
  const input = isTextInput(at) ? at : null;
  const asked = [...targets].filter((target) => (input === null ? target.lastAt() !== null : target.owns(input)));
  if (asked.length === 0) return;
  event.preventDefault();
  asked.sort((a, b) => (b.lastAt() ?? 0) - (a.lastAt() ?? 0));
  asked.some((target) => target[wish]());
}

function isTextInput(element: Element | null): element is HTMLElement {
  if (element instanceof HTMLTextAreaElement) return true;
  if (element instanceof HTMLInputElement) return !['checkbox', 'radio', 'button', 'submit'].includes(element.type);
  return element instanceof HTMLElement && element.isContentEditable;
}
