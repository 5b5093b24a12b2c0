import type { JsonValue } from '../../shared/json.ts';

/** Looks up the value of a path such as `settings.address.city`; undefined when nothing is known of it. */
export type ReadPath = (path: string) => JsonValue | undefined;

/**
 * Writes values into the elements that ask for them with `data-bo-bind`.
 *
 * Text only, never HTML. With `data-bo-attr="href"` (or `src`) the value becomes that attribute, after `data-bo-prefix`
 * (`mailto:`); any URL that is not http, https, mailto or tel is left out, because a record could hold a script.
 *
 * Shape   `prefix` picks the elements whose path begins with it; changed ones carry `data-bo-changed` for a second if `mark`
 */
export function fillBindings(prefix: string, read: ReadPath, mark: boolean): void {
  for (const element of document.querySelectorAll<HTMLElement>('[data-bo-bind]')) {
    const { boBind = '', boAttr, boPrefix = '' } = element.dataset;
    if (!`${boBind}.`.startsWith(prefix)) continue;
    const value = read(boBind);
    if (value === undefined) continue;
    const text = value === null ? '' : String(value);
    if (boAttr ? setUrl(element, boAttr, text && boPrefix + text) : setText(element, text)) {
      if (mark) glow(element);
    }
  }
}

function setText(element: HTMLElement, text: string): boolean {
  if (element.textContent === text) return false;
  element.textContent = text;
  return true;
}

function setUrl(element: HTMLElement, name: string, url: string): boolean {
  const safe = url && isSafe(url) ? url : '';
  // Only these two: `http:alert(1)` is a URL, and in an `onclick` it is a script.
  if (!/^(href|src)$/.test(name) || (element.getAttribute(name) ?? '') === safe) return false;
  if (safe) element.setAttribute(name, safe);
  else element.removeAttribute(name);
  return true;
}

function isSafe(url: string): boolean {
  try {
    return /^(https?|mailto|tel):$/.test(new URL(url, location.href).protocol);
  } catch {
    return false; // What is no URL cannot be linked to.
  }
}

const marks = new WeakMap<HTMLElement, ReturnType<typeof setTimeout>>();

function glow(element: HTMLElement): void {
  clearTimeout(marks.get(element));
  element.setAttribute('data-bo-changed', '');
  marks.set(
    element,
    setTimeout(() => element.removeAttribute('data-bo-changed'), 1000),
  );
}
