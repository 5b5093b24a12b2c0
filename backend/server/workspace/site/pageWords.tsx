/** Everything that the page says. */
export interface PageWords {
  readonly title: string;
  readonly otherLanguage: string;
  readonly signIn: {
    readonly heading: string;
    readonly username: string;
    readonly password: string;
    readonly submit: string;
    readonly hint: string;
    readonly refused: string;
    readonly tooMany: string;
    readonly failed: string;
  };
  readonly signOut: string;
  readonly leave: { readonly title: string; readonly description: string; readonly confirm: string };
  readonly panel: string;
  readonly organization: string;
  readonly loading: string;
  readonly loadFailed: string;
  readonly retry: string;
  readonly close: string;
  readonly goals: {
    readonly heading: string;
    readonly empty: string;
    readonly newName: string;
    readonly add: string;
    readonly progressOf: (name: string) => string;
    readonly due: (day: string) => string;
    readonly edit: string;
    readonly fold: string;
    readonly saveFailed: (name: string, why: string) => string;
    readonly conflict: (name: string) => string;
    readonly queued: string;
    readonly statuses: Readonly<Record<'open' | 'at_risk' | 'done', string>>;
  };
  readonly form: {
    readonly name: string;
    readonly description: string;
    readonly progress: string;
    readonly status: string;
    readonly due: string;
    readonly save: string;
    readonly remove: string;
    readonly alone: string;
    readonly here: (names: string) => string;
    readonly on: (name: string, field: string) => string;
    readonly invalid: string;
    readonly gone: string;
  };
  readonly remove: {
    readonly title: (name: string) => string;
    readonly description: string;
    readonly confirm: string;
  };
  readonly drop: { readonly title: string; readonly description: string; readonly confirm: string };
  readonly candidates: {
    readonly heading: string;
    readonly total: (count: number) => string;
    readonly fresh: (count: number) => string;
    readonly tell: string;
    readonly arrived: (name: string) => string;
    readonly open: string;
  };
}

const en: PageWords = {
  title: 'Workspace',
  otherLanguage: 'Français',
  signIn: {
    heading: 'Sign in to your workspace',
    username: 'User name',
    password: 'Password',
    submit: 'Sign in',
    hint: 'The accounts of this example are in its guide.',
    refused: 'The user name or the password is wrong.',
    tooMany: 'There were too many tries. Please wait some minutes.',
    failed: 'The server does not answer. Please try again.',
  },
  signOut: 'Sign out',
  leave: {
    title: 'Sign out with saves that wait?',
    description: 'Some of what you saved has not reached the server yet and would be lost.',
    confirm: 'Sign out',
  },
  panel: 'Administration',
  organization: 'Organization',
  loading: 'Loading…',
  loadFailed: 'The data could not be loaded.',
  retry: 'Try again',
  close: 'Close',
  goals: {
    heading: 'Goals',
    empty: 'There is no goal yet. Add the first one above.',
    newName: 'New goal',
    add: 'Add',
    progressOf: (name) => `Progress of ${name}`,
    due: (day) => `Due ${day}`,
    edit: 'Edit',
    fold: 'Close',
    saveFailed: (name, why) => `“${name}” was not saved. ${why}`,
    conflict: (name) => `Somebody else changed “${name}” too. Please choose at the bottom right.`,
    queued: 'You are offline. What you saved is sent as soon as there is a network.',
    statuses: { open: 'On track', at_risk: 'At risk', done: 'Done' },
  },
  form: {
    name: 'Name',
    description: 'Description',
    progress: 'Progress (%)',
    status: 'Status',
    due: 'Due on',
    save: 'Save',
    remove: 'Delete',
    alone: 'Nobody else has this goal open.',
    here: (names) => `Also here: ${names}`,
    on: (name, field) => `${name} (${field})`,
    invalid: 'The server does not accept this value.',
    gone: 'Somebody has deleted this goal. What you typed is still here until you close it.',
  },
  remove: {
    title: (name) => `Delete “${name}”?`,
    description: 'It disappears for everybody in your organization, at once.',
    confirm: 'Delete',
  },
  drop: {
    title: 'Close without saving?',
    description: 'What you typed into the open goal is not saved and would be lost.',
    confirm: 'Close',
  },
  candidates: {
    heading: 'Candidates',
    total: (count) => `${count} in all`,
    fresh: (count) => (count === 1 ? '1 new since you opened this page' : `${count} new since you opened this page`),
    tell: 'Tell me about new ones',
    arrived: (name) => `New candidate: ${name}`,
    open: 'All candidates',
  },
};

const fr: PageWords = {
  title: 'Espace de travail',
  otherLanguage: 'English',
  signIn: {
    heading: 'Connectez-vous à votre espace',
    username: 'Nom d’utilisateur',
    password: 'Mot de passe',
    submit: 'Se connecter',
    hint: 'Les comptes de cet exemple sont dans son guide.',
    refused: 'Le nom d’utilisateur ou le mot de passe est faux.',
    tooMany: 'Il y a eu trop d’essais. Veuillez patienter quelques minutes.',
    failed: 'Le serveur ne répond pas. Veuillez réessayer.',
  },
  signOut: 'Se déconnecter',
  leave: {
    title: 'Se déconnecter avec des enregistrements en attente ?',
    description: 'Une partie de ce que vous avez enregistré n’est pas encore arrivée au serveur et serait perdue.',
    confirm: 'Se déconnecter',
  },
  panel: 'Administration',
  organization: 'Organisation',
  loading: 'Chargement…',
  loadFailed: 'Les données n’ont pas pu être chargées.',
  retry: 'Réessayer',
  close: 'Fermer',
  goals: {
    heading: 'Objectifs',
    empty: 'Il n’y a pas encore d’objectif. Ajoutez le premier ci-dessus.',
    newName: 'Nouvel objectif',
    add: 'Ajouter',
    progressOf: (name) => `Avancement de ${name}`,
    due: (day) => `Échéance : ${day}`,
    edit: 'Modifier',
    fold: 'Fermer',
    saveFailed: (name, why) => `« ${name} » n’a pas été enregistré. ${why}`,
    conflict: (name) => `Quelqu’un d’autre a aussi modifié « ${name} ». Veuillez choisir en bas à droite.`,
    queued: 'Vous êtes hors ligne. Ce que vous avez enregistré part dès que le réseau revient.',
    statuses: { open: 'En bonne voie', at_risk: 'Menacé', done: 'Atteint' },
  },
  form: {
    name: 'Nom',
    description: 'Description',
    progress: 'Avancement (%)',
    status: 'État',
    due: 'Échéance',
    save: 'Enregistrer',
    remove: 'Supprimer',
    alone: 'Personne d’autre n’est sur cet objectif.',
    here: (names) => `Ici aussi : ${names}`,
    on: (name, field) => `${name} (${field})`,
    invalid: 'Le serveur n’accepte pas cette valeur.',
    gone: 'Quelqu’un a supprimé cet objectif. Ce que vous avez saisi reste ici jusqu’à ce que vous le fermiez.',
  },
  remove: {
    title: (name) => `Supprimer « ${name} » ?`,
    description: 'Il disparaît aussitôt pour toute votre organisation.',
    confirm: 'Supprimer',
  },
  drop: {
    title: 'Fermer sans enregistrer ?',
    description: 'Ce que vous avez saisi dans l’objectif ouvert n’est pas enregistré et serait perdu.',
    confirm: 'Fermer',
  },
  candidates: {
    heading: 'Candidatures',
    total: (count) => `${count} en tout`,
    fresh: (count) =>
      count > 1
        ? `${count} nouvelles depuis l’ouverture de cette page`
        : `${count} nouvelle depuis l’ouverture de cette page`,
    tell: 'Me prévenir des nouvelles',
    arrived: (name) => `Nouvelle candidature : ${name}`,
    open: 'Toutes les candidatures',
  },
};

/** The words of each language. */
export const pageWords = { en, fr } as const;
