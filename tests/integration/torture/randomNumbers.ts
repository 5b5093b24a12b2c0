/** Numbers that look random and come again with the same seed. */
export interface RandomNumbers {
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number;
}

/** Source  mulberry32 */
export function randomNumbers(seed: number): RandomNumbers {
  let state = seed >>> 0;
  return {
    below(limit) {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
    },
  };
}
