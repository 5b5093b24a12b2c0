import type { LinesFormat } from './readLines.ts';

/**
 * The file of `export` and `import`.
 *
 * Shape   each line { resource, id, version, record, published? }; `published` is what the public sees of a resource with
 *         drafts, null for nothing. Secrets and deleted records are not in it
 */
export const exportFormat: LinesFormat = { format: 'backoffice-sync export', formatVersion: 1, isSealed: false };
