import type { Mutant } from './mutant.ts';

const merge = 'shared/merge';

/** Rules of patches, pointers and protected fields. */
export const patchMutants: readonly Mutant[] = [
  {
    rule: 'a diff names what is gone',
    file: `${merge}/diff.ts`,
    find: "if (now === undefined) operations.push({ op: 'remove', path: pathOf(below(step, name)) });",
    replace: 'if (now === undefined) continue;',
    reddens: ['a diff leads from before to after, step by step, and replaces only what differs'],
  },
  {
    rule: 'a diff follows items by id only while they keep their order',
    file: `${merge}/diffList.ts`,
    find: 'if (from < last) return undefined;',
    replace: '',
    reddens: ['a diff leads from before to after, step by step, and replaces only what differs'],
  },
  {
    rule: 'null in a merge patch removes',
    file: `${merge}/applyMergePatch.ts`,
    find: 'delete next.into[name];',
    replace: 'setMember(next.into, { name, value });',
    reddens: ['a merge patch does what the pseudocode of RFC 7396 does, and twice equals once'],
  },
  {
    rule: 'a copy of a JSON Patch shares nothing that changes later',
    file: `${merge}/applyJsonPatch.ts`,
    find: "if (operation.op === 'copy') draft.shareAll();",
    replace: "if (operation.op === 'copy') draft.find([]);",
    reddens: ['a JSON Patch does what RFC 6902 says, wholly or not at all'],
  },
  {
    rule: 'a failed test of a JSON Patch fails the patch',
    file: `${merge}/applyJsonPatch.ts`,
    find: 'if (jsonEquals(draft.find(operation.path), operation.value)) continue;',
    replace: 'if (index >= 0) continue;',
    reddens: [
      'a diff leads from before to after, step by step, and replaces only what differs',
      'a JSON Patch does what RFC 6902 says, wholly or not at all',
    ],
  },
  {
    rule: 'a pointer escapes ~ before /',
    file: `${merge}/pointer.ts`,
    find: "token.replaceAll('~', '~0').replaceAll('/', '~1')",
    replace: "token.replaceAll('/', '~1').replaceAll('~', '~0')",
    reddens: [
      'the same holds for two who make one record anew, without a base',
      'what mine asks to remove goes or is a conflict; a text that is no place asks for nothing',
    ],
  },
  {
    rule: 'a protected field of an item that moved goes with its key',
    file: `${merge}/restoreProtected.ts`,
    find: 'const position = at === undefined ? index : key === undefined ? undefined : at.get(key);',
    replace: 'const position = index;',
    reddens: [
      'a protected path never changes',
      'a protected path never changes through a merge and what is put back after it',
    ],
  },
  {
    rule: 'a protected field that was removed comes back',
    file: `${merge}/restoreProtected.ts`,
    find: 'if (incoming !== undefined || isWhole) kept.push(pathOf(place.step));',
    replace: 'if (incoming === undefined) return incoming;',
    reddens: [
      'a protected path never changes',
      'a protected path never changes through a merge and what is put back after it',
    ],
  },
  {
    rule: 'a parent of a protected field that was replaced comes back',
    file: `${merge}/restoreProtected.ts`,
    find: 'if (Object.keys(rebuilt).length > 0) return rebuilt;',
    replace: '',
    reddens: [
      'a protected path never changes',
      'a protected path never changes through a merge and what is put back after it',
    ],
  },
  {
    rule: 'a list without keys stays as it is stored when a protected field in it changes',
    file: `${merge}/restoreProtected.ts`,
    find: 'let isChanged = at === undefined && incoming.length !== stored.length;',
    replace: 'let isChanged = false;',
    reddens: ['a protected path never changes'],
  },
  {
    rule: 'a removed and re-added item keeps its protected fields',
    file: `${merge}/restoreProtected.ts`,
    find: 'isNew: before === undefined })',
    replace: 'isNew: stored.length !== incoming.length })',
    reddens: [
      'a protected path never changes',
      'a protected path never changes through a JSON Patch, whatever it moves, copies or removes',
    ],
  },
  {
    rule: 'protected fields can be forbidden on what is new',
    file: `${merge}/restoreProtected.ts`,
    find: '(place.isNew && !forbidOnNew)',
    replace: 'place.isNew',
    reddens: [
      'a new record and a new item have their protected fields as they came, or none where these are forbidden',
    ],
  },
];
