/** How long a cached value is kept, in seconds: what changes often, and what hardly does. */
export const CacheTTL = { SHORT: 60, LONG: 15 * 60 } as const;
