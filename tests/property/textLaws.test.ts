import { textLaws } from '../laws/textLaws.ts';
import { testLaws } from '../laws/testLaws.ts';

testLaws(textLaws);
