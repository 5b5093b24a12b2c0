import type { enNotifications } from './enNotifications.ts';

/** The French words around notifications. */
export const frNotifications: typeof enNotifications = {
  warning: 'Attention\u00a0: {{title}}',
  error: 'Erreur\u00a0: {{title}}',
  more_one: 'et {{count}} autre notification',
  more_other: 'et {{count}} autres notifications',
};
