/** The token that every load carries; only the product looks at it. */
export const benchToken = 'bench-token-1234';
