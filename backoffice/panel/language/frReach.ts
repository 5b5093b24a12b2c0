import type { enReach } from './enReach.ts';

/** Words for how far a save has come, in French. */
export const frReach: typeof enReach = {
  sent: 'envoyé au site',
  shown: 'affiché sur le site en {{time}}',
  late: 'le site affiche encore une version antérieure',
  callFails: 'un site n’a pas pu être prévenu',
  callWaits: 'un site n’a pas encore été prévenu',
  hidden: 'rien de ce que le site affiche n’a changé',
  nobody: 'aucune page du site n’est ouverte pour l’afficher',
  toWebhooks: 'Voir les webhooks',
  resend: 'Renvoyer à {{name}}',
  resending: 'renvoyé, en attente de la réponse…',
  resendRefused: 'La demande n’a pas abouti. Réessayez, ou consultez les webhooks.',
};
