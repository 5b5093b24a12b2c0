import type { enConfiguration } from './enConfiguration.ts';

/** The French words of the configuration screen. */
export const frConfiguration: typeof enConfiguration = {
  title: 'Configuration',
  lead: 'Comment chaque contenu parvient aux personnes et aux pages qui le suivent.',
  refresh: 'Actualiser',
  asOf: 'État à {{at}}',
  stale: 'Ces chiffres datent de {{at}}\u00a0: le serveur n’a pas répondu depuis.',
  resource: 'Contenu',
  live: 'En direct',
  liveYes: 'Oui',
  liveNotify: 'Signal seulement',
  liveNo: 'Non',
  priority: 'Priorité',
  priorities: { high: 'Haute', medium: 'Moyenne', low: 'Basse' },
  followers: 'Suivi en ce moment',
  rows: 'Fiches',
  empty: 'Aucun contenu n’est ouvert à votre compte.',
  help: {
    live: 'En direct\u00a0: un enregistrement apparaît aussitôt dans les pages ouvertes. Signal seulement\u00a0: les pages ouvertes apprennent qu’il y a du nouveau et le rechargent. Non\u00a0: il apparaît au chargement de la page.',
    followers: '«\u00a0Suivi en ce moment\u00a0» compte les pages et les panneaux ouverts, celui-ci compris.',
  },
};
