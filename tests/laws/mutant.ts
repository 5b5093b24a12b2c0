/**
 * The engine broken on purpose, in one rule, and the laws that turn red then.
 *
 * Shape   `find` stands exactly once in `file`; each of `reddens` is the beginning of a law's name
 */
export interface Mutant {
  /** The rule that is broken. */
  readonly rule: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  readonly reddens: readonly string[];
}
