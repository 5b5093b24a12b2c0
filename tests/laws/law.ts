import type fc from 'fast-check';
import type { Engine } from './engine.ts';

/** Something that is always true of the engine. */
export interface Law<Input = unknown> {
  /** A true sentence in the present tense. */
  readonly name: string;
  readonly input: fc.Arbitrary<Input>;
  /** Looks at one input; throws where the law is broken. */
  holds(engine: Engine, input: Input): void;
}

/** A law among laws: what its input is only itself knows. */
export function law<Input>(definition: Law<Input>): Law {
  return definition as unknown as Law;
}

/**
 * Throws unless the condition is true.
 *
 * Limits  plain, because a law asks it a dozen times per run and an assertion library would take most of the time
 */
export function demand(condition: boolean, message: () => string): asserts condition {
  if (!condition) throw new Error(message());
}
