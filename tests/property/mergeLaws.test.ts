import { mergeLaws } from '../laws/mergeLaws.ts';
import { testLaws } from '../laws/testLaws.ts';

testLaws(mergeLaws);
