import type { Mutant } from './mutant.ts';

const merge = 'shared/merge';

/** Rules of keyed lists. */
export const listMutants: readonly Mutant[] = [
  {
    rule: 'lists are keyed by id',
    file: `${merge}/mergeList.ts`,
    find: "const field = rule ?? 'id';",
    replace: "const field = rule ?? 'key';",
    reddens: [
      'nothing is lost and nothing is made up: each place gets what the rules say, and each change is told',
      'the same holds for two who make one record anew, without a base',
    ],
  },
  {
    rule: 'a list is keyed by the field that is declared',
    file: `${merge}/mergeList.ts`,
    find: "const field = rule ?? 'id';",
    replace: "const field = 'id';",
    reddens: [
      'the same holds for two who make one record anew, without a base',
      'nothing is lost and nothing is made up: each place gets what the rules say, and each change is told',
    ],
  },
  {
    rule: 'a list that is declared atomic is one value',
    file: `${merge}/mergeList.ts`,
    find: 'if (rule === false) return undefined;',
    replace: 'if (rule === false) return alignList({ ...node, rules: undefined });',
    reddens: [
      'nothing is lost and nothing is made up: each place gets what the rules say, and each change is told',
      'the same holds for removals and changes of kind alone',
    ],
  },
  {
    rule: 'a list in which a key stands twice is one value',
    file: `${merge}/listKeys.ts`,
    find: 'return positions.size === keys.length ? { keys, positions } : undefined;',
    replace: 'return { keys, positions };',
    reddens: [
      'nothing is lost and nothing is made up: each place gets what the rules say, and each change is told',
      'the same holds for removals and changes of kind alone',
    ],
  },
  {
    rule: 'a list of mine in which a key stands twice is one value',
    file: `${merge}/alignKeys.ts`,
    find: 'if (added.has(key)) return undefined;',
    replace: '',
    reddens: ['the same holds for two who make one record anew, without a base'],
  },
  {
    rule: 'a key is compared as text',
    file: `${merge}/listKeys.ts`,
    find: "return typeof value === 'number' ? String(value) : undefined;",
    replace: "return typeof value === 'number' ? `number ${value}` : undefined;",
    reddens: [
      'nothing is lost and nothing is made up: each place gets what the rules say, and each change is told',
      'the same holds for removals and changes of kind alone',
    ],
  },
  {
    rule: 'a number can be a key',
    file: `${merge}/listKeys.ts`,
    find: "return typeof value === 'number' ? String(value) : undefined;",
    replace: 'return undefined;',
    reddens: [
      'nothing is lost and nothing is made up: each place gets what the rules say, and each change is told',
      'the same holds for two who make one record anew, without a base',
    ],
  },
  {
    rule: 'an item of mine without a key is new',
    file: `${merge}/alignKeys.ts`,
    find: 'if (key === undefined && !(allowMissing && isNew(item, field))) return undefined;',
    replace: 'if (key === undefined) return undefined;',
    reddens: [
      'the items of a list stand where the rules say: the order of who moved, an addition after its left neighbour, theirs first',
      'what either side adds to a list stays, and what one removes that nobody touched goes',
    ],
  },
  {
    rule: 'what mine adds to a list stays',
    file: `${merge}/listOrder.ts`,
    find: 'else if (mine.inBase[position] === nowhere) addTo(additions, anchor, ofMine(position));',
    replace: '',
    reddens: [
      'the same holds for two who make one record anew, without a base',
      'what nobody else touched becomes exactly mine',
    ],
  },
  {
    rule: 'what theirs adds to a list that mine reordered stays',
    file: `${merge}/listOrder.ts`,
    find: 'else if (isDropped[position] !== true) addTo(additions, anchor, position);',
    replace: '',
    reddens: [
      'the items of a list stand where the rules say: the order of who moved, an addition after its left neighbour, theirs first',
    ],
  },
  {
    rule: 'an item that mine removed and theirs edited is a conflict',
    file: `${merge}/mergeList.ts`,
    find: 'else if (sides.base !== undefined) noteConflict(report, place);',
    replace: '',
    reddens: [
      'nothing is lost and nothing is made up: each place gets what the rules say, and each change is told',
      'what mine asks to remove goes or is a conflict; a text that is no place asks for nothing',
    ],
  },
  {
    rule: 'an item that theirs removed and mine edited is a conflict',
    file: `${merge}/mergeList.ts`,
    find: 'else if (walk.isChangedByMine(place)) noteConflict(report, place);',
    replace: '',
    reddens: ['the same holds for removals and changes of kind alone', 'it does not matter who comes first'],
  },
  {
    rule: 'an item that mine removed and nobody touched goes',
    file: `${merge}/mergeList.ts`,
    find: 'return here === nowhere && before !== nowhere && jsonEquals(base[before], theirs.items[position]);',
    replace: 'return false;',
    reddens: ['the same holds for removals and changes of kind alone', 'what nobody else touched becomes exactly mine'],
  },
  {
    rule: 'an item that mine removed stays where theirs edited it',
    file: `${merge}/mergeList.ts`,
    find: 'return here === nowhere && before !== nowhere && jsonEquals(base[before], theirs.items[position]);',
    replace: 'return here === nowhere && before !== nowhere;',
    reddens: [
      'nothing is lost and nothing is made up: each place gets what the rules say, and each change is told',
      'what mine asks to remove goes or is a conflict; a text that is no place asks for nothing',
    ],
  },
  {
    rule: 'the order of the one who reordered holds',
    file: `${merge}/mergeList.ts`,
    find: "isMineFirst: reordered === 'mine'",
    replace: 'isMineFirst: false',
    reddens: [
      'what nobody else touched becomes exactly mine',
      'the items of a list stand where the rules say: the order of who moved, an addition after its left neighbour, theirs first',
    ],
  },
  {
    rule: 'two different orders are a conflict of the list',
    file: `${merge}/mergeList.ts`,
    find: "if (reordered === 'differently') return noteConflict(report, node);",
    replace: "if (reordered === 'differently') return noteOutcome(report, node, 'merged');",
    reddens: ['two who put a list into different orders have a conflict of the list, which keeps theirs'],
  },
  {
    rule: 'an addition follows its left neighbour',
    file: `${merge}/listOrder.ts`,
    find: 'if (there !== nowhere) anchor = there;',
    replace: 'if (there !== nowhere) anchor = nowhere;',
    reddens: [
      'the items of a list stand where the rules say: the order of who moved, an addition after its left neighbour, theirs first',
      'ten queued edits of one’s own never conflict with each other, and what a colleague sets elsewhere stays',
    ],
  },
  {
    rule: 'where both add after one neighbour, theirs come first',
    file: `${merge}/listOrder.ts`,
    find: 'if (!isAdditionOfTheirs) {',
    replace: 'if (!isAdditionOfTheirs || following !== undefined) {',
    reddens: [
      'the items of a list stand where the rules say: the order of who moved, an addition after its left neighbour, theirs first',
    ],
  },
  {
    rule: 'the cost of a list grows with its length',
    file: `${merge}/alignKeys.ts`,
    find: 'const item = list[position];',
    replace: 'const item = list.find((_, index) => index === position);',
    reddens: ['the cost of a merge grows with the size of the record and with nothing else'],
  },
];
