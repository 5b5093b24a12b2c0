import type { enOutcomes } from './enOutcomes.ts';

/** The French words of how a delivery ended, and what to do about it. */
export const frOutcomes: typeof enOutcomes = {
  delivered: { said: 'Remis', todo: 'Le destinataire l’a accepté.' },
  gone: {
    said: 'N’en veut plus',
    todo: 'Le destinataire a répondu qu’il ne veut plus d’appels. Adressez-vous à son responsable.',
  },
  address: {
    said: 'Adresse non autorisée',
    todo: 'L’adresse mène à un réseau privé ou nulle part\u00a0: elle n’a pas été appelée. Vérifiez-en le nom et changez-la avec «\u00a0Modifier\u00a0».',
  },
  timeout: {
    said: 'Pas de réponse à temps',
    todo: 'Le destinataire a mis trop de temps. Il devrait répondre aussitôt et travailler ensuite.',
  },
  name: {
    said: 'Nom introuvable',
    todo: 'Le nom contenu dans l’adresse ne mène nulle part. Vérifiez-en l’orthographe et changez-la avec «\u00a0Modifier\u00a0».',
  },
  nameServers: {
    said: 'Nos serveurs de noms n’ont pas répondu',
    todo: 'Personne n’a été appelé, et cela ne compte pas contre le destinataire. Un nouvel essai se fait tout seul\u00a0; si cela dure, faites vérifier le réseau de ce serveur.',
  },
  closed: {
    said: 'Personne ne répond',
    todo: 'Rien ne répond à cette adresse. Vérifiez que le destinataire est en marche et que l’adresse est juste.',
  },
  certificate: {
    said: 'Certificat non valable',
    todo: 'Le certificat du destinataire n’est pas valable. Son responsable doit le renouveler.',
  },
  connection: {
    said: 'Connexion impossible',
    todo: 'La connexion a échoué ou s’est interrompue. Vérifiez que le destinataire est accessible depuis internet.',
  },
  redirect: {
    said: 'Mène ailleurs',
    todo: 'L’adresse renvoie vers une autre, qui n’est pas suivie. Indiquez l’adresse définitive avec «\u00a0Modifier\u00a0».',
  },
  signature: {
    said: 'Refusé par le destinataire',
    todo: 'Le destinataire n’a pas accepté la signature. Vérifiez qu’il connaît le secret actuel\u00a0; dans le doute, remplacez-le.',
  },
  missing: {
    said: 'Page introuvable',
    todo: 'Il n’y a rien à cette adresse chez le destinataire. Vérifiez l’adresse et changez-la avec «\u00a0Modifier\u00a0».',
  },
  large: {
    said: 'Trop gros pour le destinataire',
    todo: 'Le destinataire accepte moins que ce qui a été envoyé. Choisissez moins de champs avec «\u00a0Modifier\u00a0», ou relevez sa limite.',
  },
  busy: {
    said: 'Destinataire occupé',
    todo: 'Le destinataire demande de patienter. Vous n’avez rien à faire\u00a0: l’envoi sera tenté à nouveau.',
  },
  rejected: {
    said: 'Refusé par le destinataire',
    todo: 'Le destinataire a refusé le contenu. Sa réponse, ci-dessous, dit peut-être pourquoi.',
  },
  broken: {
    said: 'Erreur chez le destinataire',
    todo: 'Le destinataire a rencontré une erreur. Son responsable en trouvera la cause dans son journal.',
  },
};
