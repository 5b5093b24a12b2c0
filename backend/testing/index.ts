export type { ContractRunner, ContractStore, ContractSubject } from './contractRunner.ts';
export { followContract } from './followContract.ts';
export { logContract } from './logContract.ts';
export { stateContract } from './stateContract.ts';
export { storeContract } from './storeContract.ts';
