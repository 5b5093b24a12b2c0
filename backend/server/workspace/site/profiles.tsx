import { createResourceHooks } from 'backoffice-sync/react-query';

/** Who works in an organization; `account` is the user name. */
export interface Profile {
  readonly id: string;
  readonly name: string;
  readonly account?: string;
  readonly organization_id: string;
}

/** The list of profiles. */
export const { useProfiles } = createResourceHooks<'profiles', Profile>('profiles');
