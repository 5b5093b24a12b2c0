import { testInterleavings } from '../laws/interleaving/testInterleavings.ts';

testInterleavings(0.6, { writers: [2, 3], count: 7 });
