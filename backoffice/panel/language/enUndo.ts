/** The English words of taking back and doing again. */
export const enUndo = {
  undo: 'Undo',
  redo: 'Redo',
  saved: 'Saved: {{what}}.',
  deleted: '“{{what}}” was deleted.',
  undone: 'Undone: {{what}}.',
  redone: 'Done again: {{what}}.',
  back: '“{{what}}” is back.',
  nothing: 'Nothing was left to undo: {{what}}.',
  tooLate: 'This cannot be undone any more: {{what}}.',
  changedSince: 'Somebody has changed this since, so nothing was undone: {{what}}. Open the record to compare.',
  refused: 'Not undone: {{what}}',
};
