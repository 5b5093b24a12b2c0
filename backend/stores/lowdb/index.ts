export { lowdbStore } from './lowdbStore.ts';
export type { LowdbStoreOptions } from './lowdbOptions.ts';
