import { describe, expect, it } from 'vitest';
import {
  emptyLedger,
  foldEvent,
  maxMemberships,
  membershipsOf,
  orderOf,
  type IdentityLedger,
} from '../../../backend/inbound/identityLedger.ts';
import type { IdentityEvent } from '../../../backend/inbound/identitySource.ts';

const at = (time: number) => ({ userId: 'user_1', at: time, sentAt: time });
const joined = (organizationId: string, time: number): IdentityEvent => ({
  ...at(time),
  kind: 'joined',
  organizationId,
  role: 'member',
});
const left = (organizationId: string, time: number): IdentityEvent => ({ ...at(time), kind: 'left', organizationId });
const fold = (ledger: IdentityLedger, ...events: readonly IdentityEvent[]): IdentityLedger =>
  events.reduce((known, event) => foldEvent(known, event, orderOf(event, `msg_${event.at}`)), ledger);
const many = (from: number, to: number, make: (organization: string, time: number) => IdentityEvent) =>
  Array.from({ length: to - from }, (_, index) => make(`org_${from + index}`, 1 + from + index));

describe('what is known of the memberships of one person', () => {
  it('has a bound: those that ended longest ago are let go of first, and those that hold stay', () => {
    const holding = many(0, 10, joined);
    const full = fold(emptyLedger, ...holding, ...many(10, maxMemberships + 50, left));
    expect(Object.keys(full.memberships)).toHaveLength(maxMemberships);
    expect(membershipsOf(full)).toHaveLength(10);
    expect(Object.hasOwn(full.memberships, 'org_10')).toBe(false);
    expect(Object.hasOwn(full.memberships, `org_${maxMemberships + 49}`)).toBe(true);
  });

  it('refuses one more than the bound where all of them hold, and stores nothing of it', () => {
    const full = fold(emptyLedger, ...many(0, maxMemberships, joined));
    expect(() => fold(full, joined('one too many', 5000))).toThrow(/at most 1000/);
    expect(fold(full, left('org_5', 6000), joined('instead', 7000)).memberships).toHaveProperty('instead');
  });

  it('forgets those of before a deletion, and takes none of them back when they come late', () => {
    const gone: IdentityEvent = { ...at(50), kind: 'deleted' };
    const ledger = fold(emptyLedger, joined('org_a', 10), joined('org_b', 60), gone);
    expect(Object.keys(ledger.memberships)).toEqual(['org_b']);
    expect(fold(ledger, joined('org_a', 20))).toBe(ledger);
    expect(membershipsOf(fold(ledger, joined('org_a', 70)))).toHaveLength(2);
  });
});
