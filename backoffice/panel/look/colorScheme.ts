/** Light, dark or as the system: kept for this browser, and shown before the first paint without an inline script. */

/** What a person chooses. */
export type ColorScheme = 'auto' | 'light' | 'dark';

const STORED_AS = 'backoffice-sync.theme';
const listeners = new Set<() => void>();
const systemIsDark = () => matchMedia('(prefers-color-scheme: dark)').matches;

let chosen: ColorScheme = 'auto';

/** The look of the page, as an external store. */
export const colorScheme = {
  chosen: (): ColorScheme => chosen,
  /** What `auto` means at this moment. */
  shown: (): 'light' | 'dark' => (chosen === 'auto' ? (systemIsDark() ? 'dark' : 'light') : chosen),
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  choose: (next: ColorScheme): void => {
    chosen = next;
    try {
      localStorage.setItem(STORED_AS, next);
    } catch {
      // Storage may be closed; the choice then lasts for this page.
    }
    show();
  },
  /** Reads the choice and follows the system from now on. */
  start: (): void => {
    try {
      const stored = localStorage.getItem(STORED_AS);
      if (stored === 'light' || stored === 'dark') chosen = stored;
    } catch {
      chosen = 'auto';
    }
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', show);
    show();
  },
};

function show(): void {
  // Mantine's own attribute, so that its dialogs and the panel cannot differ.
  document.documentElement.setAttribute('data-mantine-color-scheme', colorScheme.shown());
  for (const listener of listeners) listener();
}
