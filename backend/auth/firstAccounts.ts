import { isJsonObject } from '../../shared/json.ts';
import { refuseOption, refuseUnknownOptions } from '../options.ts';
import type { User } from './permissions.ts';

/** An account that a first start makes beside `admin`. */
export interface FirstAccount {
  /** Also the user's id, for `can` and `scope`: lower case letters, digits, `.`, `-` and `_`. */
  readonly username: string;
  /** At least 8 characters. */
  readonly password: string;
  readonly role: User['role'];
}

/**
 * Refuses first accounts that cannot be made.
 *
 * Errors  OPTION_INVALID, OPTION_UNKNOWN; a password is never in the message
 */
export function checkFirstAccounts(of: string, accounts: readonly FirstAccount[] = []): void {
  if (!Array.isArray(accounts)) refuseOption(of, 'firstAccounts', 'a list of accounts', typeof accounts);
  const names = new Set(['admin', 'api']);
  for (const account of accounts as readonly unknown[]) {
    if (!isJsonObject(account))
      refuseOption(of, 'firstAccounts', 'a list of { username, password, role }', typeof account);
    refuseUnknownOptions('firstAccounts', account, ['username', 'password', 'role']);
    const { username, password, role } = account;
    if (typeof username !== 'string' || !/^[a-z0-9][a-z0-9._-]{0,63}$/.test(username))
      refuseOption(of, 'firstAccounts', 'with user names of lower case letters, digits, ".", "-" and "_"', username);
    if (names.has(username))
      refuseOption(of, 'firstAccounts', 'with every name once, and none called admin or api', username);
    if (typeof password !== 'string' || password.length < 8)
      refuseOption(of, 'firstAccounts', 'with passwords of at least 8 characters', username);
    if (role !== 'viewer' && role !== 'editor' && role !== 'admin')
      refuseOption(of, 'firstAccounts', 'with a role that is viewer, editor or admin', role);
    names.add(username);
  }
}
