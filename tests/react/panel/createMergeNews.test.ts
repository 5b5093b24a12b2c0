import { describe, expect, test } from 'vitest';
import { createMergeNews } from '../../../backoffice/panel/form/createMergeNews.ts';
import type { Change } from '../../../shared/change.ts';

const at = '2026-03-01T10:00:00.000Z';
const bruno = { by: 'Bruno', at };
const change = (name: string, version: number, before: object, record: object) =>
  ({ actor: { id: name, name, kind: 'admin' }, at, version, before, record }) as unknown as Change;

describe('what a save kept of others’ changes', () => {
  test('is told after the save, by person, and forgotten with the next edit', () => {
    const news = createMergeNews();
    news.note(['phone', 'email'], bruno);
    news.note(['fax'], { by: 'Chloé', at });
    expect(news.told()).toEqual([]);
    news.tell();
    expect(news.told()).toEqual([
      { by: 'Bruno', names: ['phone', 'email'] },
      { by: 'Chloé', names: ['fax'] },
    ]);
    news.clear();
    expect(news.told()).toEqual([]);
  });

  test('gets its author from the change that comes after the answer', () => {
    const news = createMergeNews();
    news.note(['phone'], { sinceVersion: 4 });
    news.tell();
    expect(news.told()).toEqual([{ by: null, names: ['phone'] }]);
    expect(news.attribute(change('Bruno', 5, { phone: '1' }, { phone: '2' }))).toEqual(new Map([['phone', bruno]]));
    expect(news.told()).toEqual([{ by: 'Bruno', names: ['phone'] }]);
  });

  test('is not given to somebody who changed another field, or the same one before', () => {
    const news = createMergeNews();
    news.note(['phone'], { sinceVersion: 4 });
    news.tell();
    expect(news.attribute(change('Chloé', 4, { phone: '0' }, { phone: '1' })).size).toBe(0);
    expect(news.attribute(change('Chloé', 5, { phone: '1', fax: '1' }, { phone: '1', fax: '2' })).size).toBe(0);
    expect(news.told()).toEqual([{ by: null, names: ['phone'] }]);
  });

  test('a save without news leaves nothing that a later change could add to', () => {
    const news = createMergeNews();
    news.tell();
    news.note(['phone'], { sinceVersion: 4 });
    news.attribute(change('Bruno', 5, { phone: '1' }, { phone: '2' }));
    expect(news.told()).toEqual([]);
  });
});
