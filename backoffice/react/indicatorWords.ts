import type { EntryStatus, Locale, QueueEntry } from '../client/index.ts';

/** Everything that the indicator says besides the state itself. */
export interface IndicatorWords {
  readonly region: string;
  readonly show: string;
  readonly hide: string;
  readonly title: string;
  readonly empty: string;
  readonly retry: string;
  readonly retryAll: string;
  readonly discard: string;
  readonly discardQuestion: string;
  readonly discardYes: string;
  readonly discardNo: string;
  readonly resolve: string;
  readonly open: string;
  readonly keepMine: string;
  readonly keepTheirs: string;
  readonly nothing: string;
  /** One field of a conflict, with both values. */
  versions(of: { readonly field: string; readonly mine: string; readonly theirs: string }): string;
  readonly technical: string;
  readonly requestId: string;
  readonly lastSave: string;
  readonly status: Readonly<Record<EntryStatus, string>>;
  readonly records: Readonly<Record<string, string>>;
}

/** The words of each language. */
export const indicatorWords: Readonly<Record<Locale, IndicatorWords>> = {
  en: {
    region: 'State of your saves',
    show: 'Show details',
    hide: 'Hide details',
    title: 'Your saves',
    empty: 'Everything is saved.',
    retry: 'Try again',
    retryAll: 'Try all again',
    discard: 'Discard',
    discardQuestion: 'What you typed will be lost.',
    discardYes: 'Discard it',
    discardNo: 'Keep it',
    resolve: 'Resolve',
    open: 'Open',
    keepMine: 'Keep my version',
    keepTheirs: 'Keep their version',
    nothing: 'empty',
    versions: ({ field, mine, theirs }) => `${field}: mine “${mine}”, theirs “${theirs}”`,
    technical: 'Technical details',
    requestId: 'Request',
    lastSave: 'Last save',
    status: { waiting: 'Waiting', sending: 'Saving', failed: 'Failed', conflict: 'Conflict' },
    records: {
      settings: 'Settings',
      team: 'Team',
      services: 'Services',
      solutions: 'Solutions',
      news: 'News',
      notifications: 'Notifications',
    },
  },
  fr: {
    region: 'État de vos enregistrements',
    show: 'Afficher les détails',
    hide: 'Masquer les détails',
    title: 'Vos enregistrements',
    empty: 'Tout est enregistré.',
    retry: 'Réessayer',
    retryAll: 'Tout réessayer',
    discard: 'Abandonner',
    discardQuestion: 'Votre saisie sera perdue.',
    discardYes: 'Abandonner la saisie',
    discardNo: 'La garder',
    resolve: 'Régler',
    open: 'Ouvrir',
    keepMine: 'Garder ma version',
    keepTheirs: 'Garder l’autre version',
    nothing: 'vide',
    versions: ({ field, mine, theirs }) =>
      `${field}\u00a0: la mienne «\u00a0${mine}\u00a0», l’autre «\u00a0${theirs}\u00a0»`,
    technical: 'Détails techniques',
    requestId: 'Requête',
    lastSave: 'Dernier enregistrement',
    status: { waiting: 'En attente', sending: 'En cours', failed: 'Échec', conflict: 'Conflit' },
    records: {
      settings: 'Réglages',
      team: 'Équipe',
      services: 'Services',
      solutions: 'Solutions',
      news: 'Actualités',
      notifications: 'Notifications',
    },
  },
};

/** A name for the record of a save: its resource, and the name that was typed where there is one. */
export function labelOfEntry(entry: QueueEntry, locale: Locale): string {
  const [resource = '', id] = entry.url.replace(/^.*\/api\//, '').split('/');
  const name = entry.data['name'] ?? entry.data['title'] ?? (id === undefined ? undefined : decodeURIComponent(id));
  const label = indicatorWords[locale].records[resource] ?? resource;
  return typeof name === 'string' && name !== '' && resource !== 'settings' ? `${label} › ${name}` : label;
}
