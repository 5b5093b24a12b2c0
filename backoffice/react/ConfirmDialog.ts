import type { Locale } from '../client/index.ts';
import { readLocale } from './readLocale.ts';

/** What is asked. */
export interface ConfirmDialogOptions {
  /** The question, with the name of the thing: `Delete the goal "Grow"?` */
  readonly title: string;
  /** What follows from it. */
  readonly description?: string;
  /** Default: Confirm, Confirmer. A verb says more: Delete. */
  readonly confirmLabel?: string;
  /** Default: Cancel, Annuler. */
  readonly cancelLabel?: string;
  /** Default: the language of the document, else of the browser. */
  readonly locale?: Locale;
}

const words: Readonly<Record<Locale, { readonly confirm: string; readonly cancel: string }>> = {
  en: { confirm: 'Confirm', cancel: 'Cancel' },
  fr: { confirm: 'Confirmer', cancel: 'Annuler' },
};

let shown = 0;

/** Asks before something that cannot be undone. */
export const ConfirmDialog = {
  /**
   * Shows a modal dialog; true for yes, false for no, for Escape and for a click beside it.
   *
   * The browser's own `<dialog>`: it keeps the focus inside, names itself to a screen reader and gives the focus back.
   * The focus begins on "no", so that Enter out of habit destroys nothing.
   */
  show(options: ConfirmDialogOptions): Promise<boolean> {
    const locale = options.locale ?? readLocale();
    const id = `backoffice-sync-confirm-${(shown += 1)}`;
    const dialog = make('dialog', dialogStyle);
    dialog.lang = locale;
    dialog.setAttribute('role', 'alertdialog');
    dialog.setAttribute('aria-labelledby', `${id}-title`);
    const box = make('div', { padding: '24px' });
    const title = make('h2', { margin: '0 0 8px', font: 'inherit', fontSize: '17px', fontWeight: '600' });
    title.id = `${id}-title`;
    title.textContent = options.title;
    box.append(title);
    if (options.description !== undefined) {
      const description = make('p', { margin: '0', overflowWrap: 'anywhere' });
      description.id = `${id}-description`;
      description.textContent = options.description;
      dialog.setAttribute('aria-describedby', description.id);
      box.append(description);
    }
    const actions = make('div', { display: 'flex', justifyContent: 'flex-end', gap: '8px', marginTop: '24px' });
    const cancel = button(options.cancelLabel ?? words[locale].cancel);
    cancel.autofocus = true;
    const confirm = button(options.confirmLabel ?? words[locale].confirm);
    Object.assign(confirm.style, { background: danger, borderColor: danger, color: 'light-dark(#ffffff, #1b1e22)' });
    actions.append(cancel, confirm);
    box.append(actions);
    dialog.append(box);
    document.body.append(dialog);

    return new Promise((resolve) => {
      let answer = false;
      const end = (): void => {
        dialog.remove();
        resolve(answer);
      };
      dialog.addEventListener('close', end, { once: true });
      cancel.addEventListener('click', () => dialog.close());
      confirm.addEventListener('click', () => {
        answer = true;
        dialog.close();
      });
      // The box covers the dialog, so that only its backdrop is the dialog itself. The second click of a double click, whose
      // first one opened it, is no answer.
      dialog.addEventListener('click', (event) => {
        if (event.target === dialog && event.detail < 2) dialog.close();
      });
      dialog.showModal();
      cancel.focus();
    });
  },
} as const;

const danger = 'var(--backoffice-sync-conflict, light-dark(#b3261e, #ff8a80))';
const dialogStyle: Partial<CSSStyleDeclaration> = {
  colorScheme: 'light dark',
  boxSizing: 'border-box',
  width: 'min(440px, calc(100vw - 32px))',
  padding: '0',
  font: '400 15px/1.45 system-ui, sans-serif',
  color: 'var(--backoffice-sync-text, light-dark(#1c2024, #eceef0))',
  background: 'var(--backoffice-sync-surface, light-dark(#ffffff, #1b1e22))',
  border: '1px solid var(--backoffice-sync-line, light-dark(#d5d9de, #3a3f45))',
  borderRadius: '8px',
};

function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  style: Partial<CSSStyleDeclaration>,
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  Object.assign(element.style, style);
  return element;
}

function button(text: string): HTMLButtonElement {
  const element = make('button', {
    minHeight: '32px',
    padding: '4px 14px',
    font: 'inherit',
    color: 'inherit',
    background: 'transparent',
    border: '1px solid var(--backoffice-sync-line, light-dark(#d5d9de, #3a3f45))',
    borderRadius: '6px',
    cursor: 'pointer',
  });
  element.type = 'button';
  element.textContent = text;
  return element;
}
