import { expect, it } from 'vitest';
import { checkedScope } from '../../backend/auth/checkedScope.ts';
import type { User } from '../../backend/auth/permissions.ts';

const ada: User = { id: 'ada', name: 'Ada', role: 'editor', kind: 'admin' };
const scoped = (given: unknown) => checkedScope(() => given as never)(ada);

it.each([[null], [{}], [{ organization_id: 'o1' }], [{ organization: { id: 1, of: ['a', null] } }]])(
  'a scope that JSON carries is taken as it is: %j',
  (given) => expect(scoped(given)).toBe(given),
);

it.each([
  ['a missing value', { organization_id: undefined }],
  ['a missing value further down', { organization: { id: undefined } }],
  ['a missing item', { organizations: [undefined] }],
  ['a promise, as an async function gives', Promise.resolve({ organization_id: 'o1' })],
  ['a Map', new Map([['organization_id', 'o1']])],
  ['a Date', { since: new Date(0) }],
  ['no number', { organization_id: Number.NaN }],
  ['a BigInt', { organization_id: 1n }],
  ['nothing', undefined],
])('a scope with %s is refused, as it would be everybody or nobody knows whom', (_name, given) => {
  expect(() => scoped(given)).toThrow('cannot be said');
});
