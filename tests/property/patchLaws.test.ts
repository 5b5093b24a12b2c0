import { patchLaws } from '../laws/patchLaws.ts';
import { testLaws } from '../laws/testLaws.ts';

testLaws(patchLaws);
