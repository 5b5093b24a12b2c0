export type { ContractRunner, ContractStore, ContractSubject } from './contractRunner.ts';
export { followContract } from './followContract.ts';
export { logContract } from './logContract.ts';
export { presenceContract, type CarrierSubject, type ContractCarrier } from './presenceContract.ts';
export { messageContract } from './messageContract.ts';
export { stateContract } from './stateContract.ts';
export { storeContract } from './storeContract.ts';
