export { postgresStore, type PostgresStoreOptions } from './postgresStore.ts';
