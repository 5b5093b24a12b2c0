import type { Law } from './law.ts';
import { listLaws } from './listLaws.ts';
import { mergeLaws } from './mergeLaws.ts';
import { patchLaws } from './patchLaws.ts';
import { protectionLaws } from './protectionLaws.ts';
import { queueLaws } from './queueLaws.ts';
import { shapeLaws } from './shapeLaws.ts';
import { textLaws } from './textLaws.ts';

/** Every law of the engine. */
export const allLaws: readonly Law[] = [
  ...mergeLaws,
  ...listLaws,
  ...shapeLaws,
  ...patchLaws,
  ...protectionLaws,
  ...queueLaws,
  ...textLaws,
];
