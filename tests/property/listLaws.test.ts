import { listLaws } from '../laws/listLaws.ts';
import { testLaws } from '../laws/testLaws.ts';

testLaws(listLaws);
