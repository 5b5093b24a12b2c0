import type { Locale } from './describeSyncState.ts';
import type { SyncProblem } from './SyncRequestError.ts';

/** Says a problem in one plain sentence of the given language, with what to do. */
export function describeProblem(problem: SyncProblem, locale: Locale): string {
  const known = sentences[problem.code];
  if (known) return known[locale];
  const group = problem.status >= 500 ? 'server' : problem.status >= 400 ? 'refused' : 'unknown';
  return groups[group][locale];
}

type Sentence = Readonly<Record<Locale, string>>;

const groups: Readonly<Record<'server' | 'refused' | 'unknown', Sentence>> = {
  server: {
    en: 'Something went wrong on the server. Your changes are kept here: try again in a moment.',
    fr: 'Une erreur s’est produite sur le serveur. Vos modifications sont gardées ici\u00a0: réessayez dans un instant.',
  },
  refused: {
    en: 'The server refused this save. Your changes are kept here.',
    fr: 'Le serveur a refusé cet enregistrement. Vos modifications sont gardées ici.',
  },
  unknown: {
    en: 'This save did not succeed. Your changes are kept here: try again.',
    fr: 'Cet enregistrement n’a pas abouti. Vos modifications sont gardées ici\u00a0: réessayez.',
  },
};

const unreachable: Sentence = {
  en: 'The server cannot be reached. Your changes are sent as soon as it answers.',
  fr: 'Le serveur est injoignable. Vos modifications partiront dès qu’il répondra.',
};

const busy: Sentence = {
  en: 'The server is busy. Your changes are sent in a moment.',
  fr: 'Le serveur est occupé. Vos modifications partiront dans un instant.',
};

const outdated: Sentence = {
  en: 'The server no longer knows what this save started from. Load the record again, then repeat your changes.',
  fr: 'Le serveur ne connaît plus la version de départ. Rechargez la fiche, puis refaites vos modifications.',
};

const mistaken: Sentence = {
  en: 'The server did not understand this save. Your changes are kept here: report it, with the details below.',
  fr: 'Le serveur n’a pas compris cet enregistrement. Vos modifications sont gardées ici\u00a0: signalez-le, avec les détails ci-dessous.',
};

const sentences: Readonly<Record<string, Sentence>> = {
  NETWORK_FAILED: unreachable,
  TIMED_OUT: unreachable,
  RATE_LIMITED: busy,
  SAVE_BUSY: busy,
  STORE_UNAVAILABLE: {
    en: 'The server cannot store anything at the moment. Your changes are sent as soon as it can.',
    fr: 'Le serveur ne peut rien enregistrer pour le moment. Vos modifications partiront dès qu’il le pourra.',
  },
  LOGIN_REQUIRED: {
    en: 'Your session has ended. Sign in again: your changes are kept here.',
    fr: 'Votre session a expiré. Reconnectez-vous\u00a0: vos modifications sont gardées ici.',
  },
  FORBIDDEN: {
    en: 'You may not make this change. Ask an administrator.',
    fr: 'Vous n’avez pas le droit de faire cette modification. Adressez-vous à un administrateur.',
  },
  CROSS_SITE: {
    en: 'The server does not accept saves from this address. Open the administration at its own address.',
    fr: 'Le serveur n’accepte pas d’enregistrement depuis cette adresse. Ouvrez l’administration à son adresse habituelle.',
  },
  NOT_FOUND: {
    en: 'This record does not exist any more.',
    fr: 'Cette fiche n’existe plus.',
  },
  CONFLICT: {
    en: 'Somebody else changed the same fields. Choose which version stays.',
    fr: 'Quelqu’un d’autre a modifié les mêmes champs. Choisissez la version à garder.',
  },
  RECORD_DELETED: {
    en: 'Somebody else deleted this record. Bring it back with your changes, or let it go.',
    fr: 'Quelqu’un d’autre a supprimé cette fiche. Rétablissez-la avec vos modifications, ou renoncez-y.',
  },
  ALREADY_EXISTS: {
    en: 'A record with this id exists already.',
    fr: 'Une fiche avec cet identifiant existe déjà.',
  },
  BASE_GONE: outdated,
  BASE_REQUIRED: outdated,
  BODY_TOO_LARGE: {
    en: 'This save is too large. Shorten a text or remove an image.',
    fr: 'Cet enregistrement est trop volumineux. Raccourcissez un texte ou retirez une image.',
  },
  INVALID: {
    en: 'Some fields are not valid. Correct them, then save again.',
    fr: 'Certains champs ne sont pas valides. Corrigez-les, puis enregistrez à nouveau.',
  },
  FORBIDDEN_TEXT: {
    en: 'A text holds characters that cannot be stored. Remove them, then save again.',
    fr: 'Un texte contient des caractères impossibles à enregistrer. Retirez-les, puis enregistrez à nouveau.',
  },
  ANSWER_UNREADABLE: {
    en: 'The answer was not from this server. A proxy or a sign-in page may be in between.',
    fr: 'La réponse ne venait pas de ce serveur. Un proxy ou une page de connexion s’est peut-être interposé.',
  },
  DISCARDED: {
    en: 'This save was discarded.',
    fr: 'Cet enregistrement a été abandonné.',
  },
  MOVED: {
    en: 'Another tab saves this. Nothing is lost.',
    fr: 'Un autre onglet s’en charge. Rien n’est perdu.',
  },
  CLOSED: {
    en: 'This page no longer saves. Load it again.',
    fr: 'Cette page n’enregistre plus. Rechargez-la.',
  },
  BODY_NOT_JSON: mistaken,
  BODY_NOT_OBJECT: mistaken,
  BODY_TOO_DEEP: mistaken,
  FORBIDDEN_KEY: mistaken,
  BAD_PARAMETER: mistaken,
  BASE_INVALID: mistaken,
  METHOD_NOT_ALLOWED: mistaken,
  MEDIA_TYPE: mistaken,
  KEY_REUSED: mistaken,
};
