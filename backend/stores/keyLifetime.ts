/** How long the answer to an `Idempotency-Key` is kept, in every store: seven days in milliseconds. */
export const keyLifetimeMs = 7 * 24 * 60 * 60 * 1000;
