import { createResourceHooks } from 'backoffice-sync/react-query';

/** A candidate, as far as this page shows it. */
export interface Candidate {
  readonly id: string;
  readonly name: string;
  readonly organization_id: string;
}

/** The list of candidates. */
export const { useCandidates, useRealtimeCandidates } = createResourceHooks<'candidates', Candidate>('candidates');
