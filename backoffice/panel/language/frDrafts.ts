import type { enDrafts } from './enDrafts.ts';

/** Words for what was typed and not sent, in French. */
export const frDrafts: typeof enDrafts = {
  kept: 'Des modifications non enregistrées ont été gardées ({{at}})\u00a0: {{fields}}.',
  continue: 'Reprendre',
  discard: 'Abandonner',
  discardTitle: 'Abandonner les modifications gardées\u00a0?',
  discardBody: 'Ce que vous aviez saisi sera perdu\u00a0: {{fields}}.',
  discardCancel: 'Les garder',
  refused:
    'Un de vos enregistrements n’a pas été accepté. Votre saisie est de nouveau dans le formulaire\u00a0: vérifiez-la, puis enregistrez.',
  signOutTitle: 'Se déconnecter',
  unsent_one: '{{count}}\u00a0modification n’est pas envoyée',
  unsent_other: '{{count}}\u00a0modifications ne sont pas envoyées',
  unsentLead:
    'Vous pouvez les envoyer d’abord, ou vous déconnecter\u00a0: ce qui est gardé partira quand vous vous reconnecterez dans ce navigateur.',
  unsentLeadLost:
    'Vous pouvez les envoyer d’abord. Ce navigateur ne garde rien\u00a0: si vous vous déconnectez, elles seront perdues.',
  unsentRefused: 'Certaines n’ont pas été acceptées. Ouvrez-les depuis la liste en bas à droite pour les régler.',
  sendFirst: 'Envoyer d’abord, puis se déconnecter',
  sending: 'Envoi…',
  keep: 'Se déconnecter et les garder pour moi',
  discardAll: 'Les abandonner et se déconnecter',
  discardAllTitle_one: 'Abandonner {{count}}\u00a0modification et se déconnecter\u00a0?',
  discardAllTitle_other: 'Abandonner {{count}}\u00a0modifications et se déconnecter\u00a0?',
  discardAllBody: 'Votre saisie sera perdue, dans tous les onglets de ce navigateur.',
  stay: 'Rester connecté',
};
