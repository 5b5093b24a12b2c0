import type { ConnectionStatus, Locale } from '../../client/index.ts';

/** Everything that the indicator of a live table says. */
export interface RealtimeIndicatorWords {
  readonly region: string;
  readonly states: Readonly<Record<ConnectionStatus['state'], string>>;
  /** The moment when the state began. */
  since(time: string): string;
  readonly outside: string;
  readonly reconnect: string;
  readonly none: string;
  /** One event of the table. */
  event(of: { readonly kind: 'INSERT' | 'UPDATE' | 'DELETE'; readonly id: string; readonly time: string }): string;
  /** By which way it comes. */
  transport(name: string): string;
}

/** The words of each language. */
export const realtimeIndicatorWords: Readonly<Record<Locale, RealtimeIndicatorWords>> = {
  en: {
    region: 'Live data',
    states: {
      connecting: 'Connecting…',
      live: 'Live',
      polling: 'Live, by asking every few seconds',
      offline: 'Offline',
      closed: 'Not connected',
    },
    since: (time) => `Since ${time}`,
    outside: 'Not connected to live data',
    reconnect: 'Reconnect',
    none: 'No change yet.',
    event: ({ kind, id, time }) =>
      ({
        INSERT: `${id} was added at ${time}`,
        UPDATE: `${id} was changed at ${time}`,
        DELETE: `${id} was removed at ${time}`,
      })[kind],
    transport: (name) => `By ${name}`,
  },
  fr: {
    region: 'Données en direct',
    states: {
      connecting: 'Connexion…',
      live: 'En direct',
      polling: 'En direct, par interrogation toutes les quelques secondes',
      offline: 'Hors ligne',
      closed: 'Non connecté',
    },
    since: (time) => `Depuis ${time}`,
    outside: 'Non connecté aux données en direct',
    reconnect: 'Se reconnecter',
    none: 'Aucune modification pour l’instant.',
    event: ({ kind, id, time }) =>
      ({ INSERT: `${id} ajouté à ${time}`, UPDATE: `${id} modifié à ${time}`, DELETE: `${id} supprimé à ${time}` })[
        kind
      ],
    transport: (name) => `Par ${name}`,
  },
};
