import { queueLaws } from '../laws/queueLaws.ts';
import { testLaws } from '../laws/testLaws.ts';

testLaws(queueLaws);
