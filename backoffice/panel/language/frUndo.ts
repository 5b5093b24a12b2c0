import type { enUndo } from './enUndo.ts';

/** The French words of taking back and doing again. */
export const frUndo: typeof enUndo = {
  undo: 'Annuler',
  redo: 'Rétablir',
  saved: 'Enregistré\u00a0: {{what}}.',
  deleted: '«\u00a0{{what}}\u00a0» a été supprimé.',
  undone: 'Annulé\u00a0: {{what}}.',
  redone: 'Rétabli\u00a0: {{what}}.',
  back: '«\u00a0{{what}}\u00a0» est de retour.',
  nothing: 'Il n’y avait plus rien à annuler\u00a0: {{what}}.',
  tooLate: 'Il n’est plus possible d’annuler\u00a0: {{what}}.',
  changedSince:
    'Quelqu’un a modifié cela depuis, rien n’a donc été annulé\u00a0: {{what}}. Ouvrez la fiche pour comparer.',
  refused: 'Non annulé\u00a0: {{what}}',
};
