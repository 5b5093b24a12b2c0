import type { Mutant } from './mutant.ts';

const merge = 'shared/merge';

/** Rules of inputs, sharing, prototypes and equality. */
export const shapeMutants: readonly Mutant[] = [
  {
    rule: 'inputs are never changed',
    file: `${merge}/mergeNode.ts`,
    find: 'return Array.isArray(theirs) ? [...theirs] : { ...(theirs as JsonObject) };',
    replace: 'return theirs as MutableContainer;',
    reddens: ['the same holds for removals and changes of kind alone', 'what nobody else touched becomes exactly mine'],
  },
  {
    rule: 'what is not changed is shared',
    file: `${merge}/mergeNode.ts`,
    find: 'const container = (above.copy ??= copyOf(above.theirs));',
    replace: 'const container = (above.copy ??= structuredClone(copyOf(above.theirs)));',
    reddens: [
      'a merge copies only the way to what it changes, and what it makes stands at one place',
      'the cost of a merge grows with the size of the record and with nothing else',
    ],
  },
  {
    rule: 'a member called __proto__ is a member',
    file: `${merge}/ownMember.ts`,
    find: "if (member.name === '__proto__') {",
    replace: "if (member.name === '') {",
    reddens: ['the same holds for two who make one record anew, without a base'],
  },
  {
    rule: 'an inherited member counts as absent',
    file: `${merge}/ownMember.ts`,
    find: 'return Object.hasOwn(object, name) ? object[name] : undefined;',
    replace: 'return object[name];',
    reddens: [
      'no prototype is ever touched, whatever the members are called',
      'a diff leads from before to after, step by step, and replaces only what differs',
    ],
  },
  {
    rule: 'lists of different length differ',
    file: `${merge}/jsonEquals.ts`,
    find: 'if (!Array.isArray(right) || left.length !== right.length) return false;',
    replace: 'if (!Array.isArray(right)) return false;',
    reddens: [
      'nothing is lost and nothing is made up: each place gets what the rules say, and each change is told',
      'the same holds for two who make one record anew, without a base',
    ],
  },
  {
    rule: 'objects with more members differ',
    file: `${merge}/jsonEquals.ts`,
    find: 'if (names.length !== Object.keys(right).length) return false;',
    replace: '',
    reddens: [
      'the same holds for two who make one record anew, without a base',
      'what mine asks to remove goes or is a conflict; a text that is no place asks for nothing',
    ],
  },
  {
    rule: 'the quick look sees all three sides',
    file: `${merge}/areAlike.ts`,
    find: 'if (value === b[name] && value === c[name]) continue;',
    replace: 'if (value === b[name]) continue;',
    reddens: [
      'the same holds for removals and changes of kind alone',
      'nothing is lost and nothing is made up: each place gets what the rules say, and each change is told',
    ],
  },
  {
    rule: 'the quick look sees members that only one side has',
    file: `${merge}/areAlike.ts`,
    find: 'return count === Object.keys(b).length && count === Object.keys(c).length ? left : -1;',
    replace: 'return left;',
    reddens: [
      'nothing is lost and nothing is made up: each place gets what the rules say, and each change is told',
      'what nobody else touched becomes exactly mine',
    ],
  },
];
