import { errorCatalogue, type ErrorCode } from './errors.ts';
import type { JsonValue } from './json.ts';

/** One field that is not valid: a JSON Pointer, a stable code of the schema, and a sentence for a person. */
export interface FieldError {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/**
 * What every refused request answers, as `application/problem+json`.
 *
 * Source  RFC 9457, with `code`, `requestId` and, where they apply, `errors`, `conflicts`, `current`, `allowed`
 */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail?: string;
  readonly requestId?: string;
  readonly errors?: readonly FieldError[];
  readonly [extension: string]: unknown;
}

/** What a problem may carry beside its sentence: only data that the receiver may read. */
export type ProblemExtensions = Readonly<Record<string, JsonValue | readonly FieldError[] | undefined>>;

/**
 * The only error that the product throws on purpose.
 *
 * Shape   `detail` says what was expected, what came and what to do; `extensions` travel to the client as they are
 * Errors  none; a `cause` is written to the log only and never sent
 */
export class SyncError extends Error {
  readonly code: ErrorCode;
  readonly extensions: ProblemExtensions;

  constructor(code: ErrorCode, detail: string, options: { extensions?: ProblemExtensions; cause?: unknown } = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SyncError';
    this.code = code;
    this.extensions = options.extensions ?? {};
  }

  /** The HTTP status of the code; 500 for an error of the start. */
  get status(): number {
    return errorCatalogue[this.code].status || 500;
  }
}

/** The problem that tells a client about an error; an error that is not ours becomes `INTERNAL` without its words. */
export function toProblem(error: unknown, requestId?: string): Problem {
  const known =
    error instanceof SyncError
      ? error
      : new SyncError(
          'INTERNAL',
          'The request was not carried out. Try again; if it happens again, report the request id.',
        );
  return {
    type: `https://github.com/backoffice-sync/backoffice-sync/blob/main/docs/errors/${known.code}.md`,
    title: errorCatalogue[known.code].title,
    status: known.status,
    code: known.code,
    detail: known.message,
    ...(requestId === undefined ? {} : { requestId }),
    ...known.extensions,
  };
}
