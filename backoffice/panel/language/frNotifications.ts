import type { enNotifications } from './enNotifications.ts';

/** The French words around notifications. */
export const frNotifications: typeof enNotifications = {
  warning: 'Attention\u00a0: {{title}}',
  error: 'Erreur\u00a0: {{title}}',
  more_one: 'et {{count}} autre notification',
  more_other: 'et {{count}} autres notifications',
  webhookOff: {
    title: 'Webhook désactivé\u00a0: {{name}}',
    gone: 'Son destinataire ne veut plus d’appels. Réactivez-le dans Webhooks quand il en voudra.',
    failing: 'Son destinataire n’a rien reçu depuis des jours. Réactivez-le dans Webhooks quand il fonctionnera.',
    other: 'Il n’est plus appelé. La page Webhooks dit pourquoi.',
  },
  webhookHeld: {
    title: 'Webhook non appelé\u00a0: {{name}}',
    message:
      'Personne ne répond pour le nom de son adresse. Ce qui attend partira dès que quelqu’un répondra\u00a0; faites vérifier ce nom.',
  },
};
