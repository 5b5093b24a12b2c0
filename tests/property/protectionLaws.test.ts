import { protectionLaws } from '../laws/protectionLaws.ts';
import { testLaws } from '../laws/testLaws.ts';

testLaws(protectionLaws);
