import { testInterleavings } from '../laws/interleaving/testInterleavings.ts';

testInterleavings(0.4, { writers: [3, 4, 5], count: 7 });
