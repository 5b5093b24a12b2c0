import { describe, expect, it } from 'vitest';
import { CacheTTL, createCachePolicy } from 'backoffice-sync';

const { getCacheMaxAge, shouldCacheEndpoint, isPublic } = createCachePolicy({
  live: ['goals', 'team'],
  endpoints: { '/api': 5, '/api/reports': CacheTTL.SHORT, '/api/reports/yearly': CacheTTL.LONG, '/api/reports/now': 0 },
  otherwise: 1,
  public: ['/api/reports/yearly'],
});

describe('the policy of caches', () => {
  it.each([
    ['/api/goals', 0],
    ['/api/goals/g1/history?limit=3', 0],
    ['/v2/organizations/o1/team', 0],
    ['/api/reports/goals', 0],
    ['/API/Goals/', 0],
    ['/api/%67oals', 0],
    ['//api//goals', 0],
    ['/api/reports', 60],
    ['/api/reports/monthly', 60],
    ['/api/reports/yearly/2026', 900],
    ['/api/reports/now', 0],
    ['/api/reportsgoals', 5],
    ['/%zz', 1],
    ['/', 1],
  ])('an answer of %s may be used for %i seconds', (path, seconds) => {
    expect([getCacheMaxAge(path), shouldCacheEndpoint(path)]).toEqual([seconds, seconds > 0]);
  });

  it('is public only where that is said', () => {
    expect(['/api/reports/yearly/2026', '/api/reports', '/api/reports/yearlyly'].map(isPublic)).toEqual(
      [true, false, false], // prettier-ignore
    );
  });

  it('keeps nothing unless it is told to', () => {
    expect(createCachePolicy({ live: [] }).getCacheMaxAge('/anything')).toBe(0);
  });

  it('refuses what is no configuration', () => {
    expect(() => createCachePolicy({ live: [], endpoints: { '/a': 1.5 } })).toThrow('whole seconds');
    expect(() => createCachePolicy({ live: [], endpoint: {} } as never)).toThrow('"endpoints"');
  });
});
