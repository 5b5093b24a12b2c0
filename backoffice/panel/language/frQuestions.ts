import type { enQuestions } from './enQuestions.ts';

/** The French words of questions that are asked before something is lost. */
export const frQuestions: typeof enQuestions = {
  leave: {
    title: 'Quitter sans enregistrer\u202f?',
    body: 'Vos modifications sur cet écran ne sont pas enregistrées. Si vous le quittez, elles seront perdues.',
    bodyTypedOn:
      'Ce que vous avez saisi depuis le dernier enregistrement sera perdu si vous quittez cet écran. Cet enregistrement est encore en route.',
    confirm: 'Quitter sans enregistrer',
    titleWaiting: 'Quitter pendant l’envoi\u202f?',
    bodyWaiting:
      'L’envoi partira dès que le serveur répondra, même si vous quittez cet écran. Si le serveur le refuse, ce que vous avez saisi sera perdu.',
    confirmWaiting: 'Quitter',
    cancel: 'Rester ici',
  },
  delete: {
    button: 'Supprimer',
    title: 'Supprimer «\u00a0{{title}}\u00a0»\u202f?',
    body: '{{item}}\u00a0: la fiche disparaît du panneau et du site pour tout le monde.',
    confirm: 'Supprimer',
    done: '«\u00a0{{title}}\u00a0» a été supprimé.',
    changedBy: '{{name}} a modifié «\u00a0{{title}}\u00a0» entre-temps. Relisez la fiche, puis supprimez-la.',
    changed:
      '«\u00a0{{title}}\u00a0» vient d’être modifié par une autre personne. Relisez la fiche avant de la supprimer.',
  },
};
