import { refuseOption } from '../options.ts';
import { serverOwnedFields, type ServerField } from './fieldClasses.ts';

/**
 * Refuses functions for fields that cannot be computed.
 *
 * Errors  OPTION_INVALID for a secret and for a field that every record has
 */
export function refuseServerFields(
  of: string,
  {
    server = {},
    secret = [],
  }: { readonly server?: Readonly<Record<string, ServerField>>; readonly secret?: readonly string[] },
): void {
  for (const [name, make] of Object.entries(server)) {
    const isFree = !(serverOwnedFields as readonly string[]).includes(name) && !secret.includes(name);
    if (typeof make !== 'function' || !isFree || name.includes('/'))
      refuseOption(
        of,
        'server',
        'functions by the name of a field that is neither a secret nor one of every record',
        name,
      );
  }
}
