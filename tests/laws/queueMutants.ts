import type { Mutant } from './mutant.ts';

/** Rules of saves that wait in the queue of a page. */
export const queueMutants: readonly Mutant[] = [
  {
    rule: 'a queued save is merged with the answer before the answer becomes its base',
    file: 'backoffice/client/rebaseSave.ts',
    find: 'return { data, base: withValues(answer, view, contested), unset: save.unset };',
    replace: 'return { data: save.data, base: withValues(answer, view, contested), unset: save.unset };',
    reddens: [
      'ten queued edits of one’s own never conflict with each other, and what a colleague sets elsewhere stays',
      'a queued save that is rebased on the answer reverts nobody and keeps all that was typed',
    ],
  },
  {
    rule: 'where a queued save and the answer collide, the old base stays',
    file: 'backoffice/client/rebaseSave.ts',
    find: 'return { data, base: withValues(answer, view, contested), unset: save.unset };',
    replace: 'return { data, base: answer, unset: save.unset };',
    reddens: ['a queued save that is rebased on the answer reverts nobody and keeps all that was typed'],
  },
  {
    rule: '"keep mine" decides only what is contested',
    file: 'backoffice/client/settleConflict.ts',
    find: "const merged = choice === 'mine' ? mergeForMine(save, current) : mergeForTheirs(save, current);",
    replace: "const merged = choice === 'mine' ? overlay(current, save.data) : mergeForTheirs(save, current);",
    reddens: ['"keep mine" ends in one round trip and takes nothing that only the colleague changed'],
  },
  {
    rule: '"take theirs" keeps the rest',
    file: 'backoffice/client/settleConflict.ts',
    find: "const merged = choice === 'mine' ? mergeForMine(save, current) : mergeForTheirs(save, current);",
    replace: "const merged = choice === 'mine' ? mergeForMine(save, current) : current;",
    reddens: ['"take theirs" ends in one round trip and keeps the rest of what was typed'],
  },
  {
    rule: 'an edit that joins a waiting one overlays it',
    file: 'backoffice/client/joinSaves.ts',
    find: 'data: overlay(kept, later.data),',
    replace: 'data: overlay(later.data, kept),',
    reddens: ['two edits that travel as one save store what both would have stored one after the other'],
  },
];
