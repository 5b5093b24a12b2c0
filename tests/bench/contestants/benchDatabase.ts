/** Where a contestant on PostgreSQL keeps its tables. */
export interface BenchDatabase {
  readonly url: string;
  readonly schema: string;
}

/** Reads it from the environment that the bench gave this process. */
export function benchDatabase(): BenchDatabase {
  const { BENCH_DATABASE_URL: url = '', BENCH_SCHEMA: schema = '' } = process.env;
  return { url, schema };
}
