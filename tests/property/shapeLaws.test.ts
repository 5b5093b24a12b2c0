import { shapeLaws } from '../laws/shapeLaws.ts';
import { testLaws } from '../laws/testLaws.ts';

testLaws(shapeLaws);
