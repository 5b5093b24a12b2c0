import type { Mutant } from './mutant.ts';

const merge = 'shared/merge';

/** Rules of one place: who wins, what is a conflict, what is told. */
export const valueMutants: readonly Mutant[] = [
  {
    rule: 'a member that mine leaves out is unchanged',
    file: `${merge}/mergeValue.ts`,
    find: 'mergeValue(report, memberNode(node, name, { base: before, mine: before, theirs: theirs[name] }));',
    replace: 'mergeValue(report, memberNode(node, name, { base: before, mine: undefined, theirs: theirs[name] }));',
    reddens: [
      'members that mine leaves out because it did not change them make no difference',
      'sending a conflicting save again with the current record as base ends in one round trip',
    ],
  },
  {
    rule: 'null is a value',
    file: `${merge}/mergeValue.ts`,
    find: 'mine[name] === undefined ? before',
    replace: 'mine[name] == null ? before',
    reddens: [
      'two who make the same of a record have no conflict, and it becomes that',
      'the same holds for removals and changes of kind alone',
    ],
  },
  {
    rule: 'two who made the same have no conflict',
    file: `${merge}/mergeValue.ts`,
    find: '} else if (jsonEquals(node.mine, node.theirs)) {',
    replace: '} else if (node.mine === node.base) {',
    reddens: [
      'the same holds for two who make one record anew, without a base',
      'two who make the same of a record have no conflict, and it becomes that',
    ],
  },
  {
    rule: 'a conflict keeps theirs',
    file: `${merge}/mergeValue.ts`,
    find: 'if (text === null) return noteConflict(report, node);',
    replace: 'if (text === null) { replaceResult(node, node.mine); return noteConflict(report, node); }',
    reddens: [
      'the same holds for two who put objects in place of something else',
      'the same holds for two who make one record anew, without a base',
    ],
  },
  {
    rule: 'what both changed differently is a conflict',
    file: `${merge}/mergeValue.ts`,
    find: 'if (text === null) return noteConflict(report, node);',
    replace: "if (text === null) return noteOutcome(report, node, 'merged');",
    reddens: [
      'the same holds for two who put objects in place of something else',
      'the same holds for two who make one record anew, without a base',
    ],
  },
  {
    rule: 'what only theirs changed is told',
    file: `${merge}/mergeValue.ts`,
    find: "if (isTheirs) noteOutcome(report, node, 'merged');",
    replace: '',
    reddens: [
      'the same holds for removals and changes of kind alone',
      'nothing is lost and nothing is made up: each place gets what the rules say, and each change is told',
    ],
  },
  {
    rule: 'what only mine changed becomes mine',
    file: `${merge}/mergeValue.ts`,
    find: 'replaceResult(node, node.mine);',
    replace: '',
    reddens: ['what nobody else touched becomes exactly mine', 'the same holds for removals and changes of kind alone'],
  },
  {
    rule: 'a change of kind is a change, also where theirs is gone',
    file: `${merge}/mergeValue.ts`,
    find: 'return alone.outcomes.length > 0;',
    replace: 'return false;',
    reddens: [
      'the same holds for two who put objects in place of something else',
      'the same holds for removals and changes of kind alone',
    ],
  },
  {
    rule: 'a base of another kind is not walked',
    file: `${merge}/mergeValue.ts`,
    find: '(base === undefined || isJsonObject(base))',
    replace: '(base !== null)',
    reddens: ['two who make the same of a record have no conflict, and it becomes that'],
  },
  {
    rule: 'what mine asks to remove goes',
    file: `${merge}/mergeValue.ts`,
    find: 'replaceResult(node, undefined);',
    replace: '',
    reddens: [
      'what mine asks to remove goes or is a conflict; a text that is no place asks for nothing',
      'what nobody else touched becomes exactly mine',
    ],
  },
  {
    rule: 'a removal against an edit is a conflict',
    file: `${merge}/mergeValue.ts`,
    find: '} else if (jsonEquals(node.base, node.theirs)) {',
    replace: '} else if (node.theirs !== null) {',
    reddens: [
      'what mine asks to remove goes or is a conflict; a text that is no place asks for nothing',
      'the same holds for removals and changes of kind alone',
    ],
  },
  {
    rule: 'places too deep for the call stack wait and are visited later',
    file: `${merge}/mergeValue.ts`,
    find: 'report.waiting.push(node);',
    replace: '',
    reddens: ['a record as deep as thousands of levels merges at its end'],
  },
  {
    rule: 'a text that is declared is merged line by line',
    file: `${merge}/mergeValue.ts`,
    find: 'if (text !== node.theirs) replaceResult(node, text);',
    replace: '',
    reddens: ['in a text that is declared, edits of lines that do not touch are both kept, and nowhere else'],
  },
  {
    rule: 'a text that is not declared is one value',
    file: `${merge}/mergeValue.ts`,
    find: 'if (report.mergeText === undefined || declaredValue(texts) !== true) return null;',
    replace: 'if (report.mergeText === undefined) return null;',
    reddens: ['in a text that is declared, edits of lines that do not touch are both kept, and nowhere else'],
  },
  {
    rule: 'lines that only one side changed are both kept',
    file: 'shared/text/mergeLines.ts',
    find: 'return areSame(theirs, base) ? mine : undefined;',
    replace: 'return areSame(theirs, base) ? base : undefined;',
    reddens: [
      'in a text that is declared, edits of lines that do not touch are both kept, and nowhere else',
      'a text that one side alone changed becomes that, and it does not matter who comes first',
    ],
  },
];
