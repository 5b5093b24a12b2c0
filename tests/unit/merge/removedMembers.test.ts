import { expect, test } from 'vitest';
import { applyJsonPatch, merge, removedMembers, type JsonObject } from 'backoffice-sync/merge';

const before: JsonObject = {
  name: 'a',
  address: { street: 's', city: 'c' },
  links: [{ slug: 'x', label: 'X', to: '/x' }],
  members: [{ id: 1, role: 'r', notes: [{ id: 'n', text: 't' }] }],
  steps: [{ text: 'one' }],
};

test('members that are gone are named at any depth, inside of items by their key', () => {
  const after = { address: { street: 's' }, links: [{ slug: 'x', to: '/x' }], members: [{ id: 1, notes: [{ id: 'n' }] }], steps: [{}] }; // prettier-ignore
  expect([...removedMembers(before, after, { '/links': 'slug' })].sort()).toEqual([
    '/address/city',
    '/links/[slug=x]/label',
    '/members/[id=1]/notes/[id=n]/text',
    '/members/[id=1]/role',
    '/name',
  ]);
  expect(removedMembers(before, before)).toEqual([]);
});

test('an item that is gone is no member, and what a prototype has is no member of a record', () => {
  expect(removedMembers(before, { ...before, members: [], steps: [] })).toEqual([]);
  expect(removedMembers(JSON.parse('{"toString":1,"__proto__":{"a":1}}') as JsonObject, {})).toEqual([
    '/toString',
    '/__proto__',
  ]);
});

test('a patch that removes a member of an item with a declared key removes it through a merge', () => {
  const keys = { '/links': 'slug' };
  const patched = applyJsonPatch(before, [{ op: 'remove', path: '/links/0/label' }]);
  const mine = (patched.ok ? patched.value : {}) as JsonObject;
  const theirs = { ...before, name: 'b' };
  const { merged } = merge({ base: before, mine, theirs, keys, unset: removedMembers(before, mine, keys) });
  expect(merged).toEqual({ ...theirs, links: [{ slug: 'x', to: '/x' }] });
});
