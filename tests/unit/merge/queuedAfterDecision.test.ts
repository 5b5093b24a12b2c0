import { describe, expect, it } from 'vitest';
import { rebaseSave, type RebasedSave } from '../../../backoffice/client/rebaseSave.ts';
import { settleConflict } from '../../../backoffice/client/settleConflict.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { merge } from '../../../shared/merge/index.ts';

const serve = (save: RebasedSave, theirs: JsonObject) =>
  merge({ base: save.base ?? theirs, mine: save.data, theirs, unset: save.unset });

describe('a save that waits behind another one', () => {
  it('is still a conflict with what a colleague saved, after the one before it was decided for theirs', () => {
    const first: RebasedSave = { data: { phone: 'mine' }, base: { phone: 'p0' }, unset: [] };
    const second: RebasedSave = { data: { title: 'typed' }, base: { title: 't0' }, unset: [] };
    const current = { phone: 'theirs', title: 'theirs' };
    const settled = settleConflict(first, current, 'theirs');
    const decided = rebaseSave(second, first, { ...current, ...settled.data });
    // The settled save is answered: it changed nothing.
    const waiting = rebaseSave(decided, settled, current);
    expect(serve(waiting, current).conflicts.map(({ path }) => path)).toEqual(['/title']);
  });

  it('is still a conflict after that, where the one before it changed something else in the same field', () => {
    const item = (name: string, role: string) => ({ members: [{ id: 'a', name, role }] });
    const base = { ...item('n0', 'r0'), title: 't0' };
    const first: RebasedSave = { data: { ...item('n0', 'typed'), title: 'typed' }, base, unset: [] };
    const second: RebasedSave = { data: item('typed', 'typed'), base: item('n0', 'r0'), unset: [] };
    const current = { ...item('theirs', 'r0'), title: 'theirs' };
    const settled = settleConflict(first, current, 'theirs');
    const decided = rebaseSave(second, first, { ...current, ...settled.data });
    const answer = serve(settled, current).merged as JsonObject;
    const receipt = { outcome: 'saved', fields: [{ path: '/members/[id=a]/role', status: 'applied' }] } as const;
    const waiting = rebaseSave(decided, settled, answer, receipt);
    expect(serve(waiting, answer).conflicts.map(({ path }) => path)).toEqual(['/members/[id=a]/name']);
  });

  it('may put back a member that the save before it removed', () => {
    const base = { address: { street: 's', city: 'c' } };
    const first: RebasedSave = { data: { address: { street: 's' } }, base, unset: ['/address/city'] };
    const second: RebasedSave = { data: { address: { street: 's', city: 'c' } }, base, unset: [] };
    const answer = { address: { street: 's' } };
    const { merged, conflicts } = serve(rebaseSave(second, first, answer), answer);
    expect(conflicts).toEqual([]);
    expect(merged).toEqual({ address: { street: 's', city: 'c' } });
  });
});

describe('the decision of a conflict', () => {
  it('for mine leaves a member away that only the colleague removed', () => {
    const base = { name: 'n0', address: { street: 's', city: 'c' } };
    const save: RebasedSave = { data: { name: 'mine', address: { street: 's', city: 'c' } }, base, unset: [] };
    const current = { name: 'theirs', address: { street: 's' } };
    const { merged } = serve(settleConflict(save, current, 'mine'), current);
    expect(merged).toEqual({ name: 'mine', address: { street: 's' } });
  });

  it('for mine keeps a group that the colleague removed and mine cleared a member of', () => {
    const base = { address: { city: 'c' } };
    const save: RebasedSave = { data: { address: {} }, base, unset: ['/address/city'] };
    expect(serve(settleConflict(save, {}, 'mine'), {}).merged).toEqual({ address: {} });
  });

  it('for theirs removes nothing inside of what was contested', () => {
    const item = (id: string) => ({ id, role: 'r' });
    const base = { members: [item('a'), item('b'), item('c')] };
    const mine = { members: [{ id: 'c' }, item('a'), item('b')] };
    const save: RebasedSave = { data: mine, base, unset: ['/members/[id=c]/role'] };
    const current = { members: [item('b'), item('a'), item('c')] };
    expect(serve(settleConflict(save, current, 'theirs'), current).merged).toEqual(current);
  });
});
