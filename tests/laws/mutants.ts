import { listMutants } from './listMutants.ts';
import type { Mutant } from './mutant.ts';
import { patchMutants } from './patchMutants.ts';
import { queueMutants } from './queueMutants.ts';
import { shapeMutants } from './shapeMutants.ts';
import { valueMutants } from './valueMutants.ts';

/** Every rule of the engine, broken. */
export const mutants: readonly Mutant[] = [
  ...valueMutants,
  ...listMutants,
  ...shapeMutants,
  ...patchMutants,
  ...queueMutants,
];
