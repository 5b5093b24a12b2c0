/** Makes a key that no dictionary has a type error. */
import type { Dictionary } from './en.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: Dictionary };
  }
}
