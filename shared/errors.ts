/**
 * The catalogue of every error a person or a program can meet.
 *
 * A code stays for ever; its words may improve. `status` 0 marks errors of the start, which never travel over HTTP.
 * Each code has a page in docs/errors/, held by tests/architecture.
 */
export const errorCatalogue = {
  BODY_NOT_JSON: { status: 400, title: 'The body is not valid JSON' },
  BODY_NOT_OBJECT: { status: 400, title: 'The body has to be a JSON object' },
  BODY_TOO_DEEP: { status: 400, title: 'The body is nested too deeply' },
  FORBIDDEN_KEY: { status: 400, title: 'The body uses a key that is not allowed' },
  FORBIDDEN_TEXT: { status: 400, title: 'The body holds text that cannot be stored' },
  BAD_PARAMETER: { status: 400, title: 'A parameter of the request is not valid' },
  BASE_INVALID: { status: 400, title: 'What the save says it is based on cannot be read' },
  MESSAGE_TYPE_UNKNOWN: { status: 400, title: 'This type of message is not known' },
  KEY_REQUIRED: { status: 400, title: 'The request needs an Idempotency-Key' },
  LOGIN_REQUIRED: { status: 401, title: 'Sign in first' },
  LOGIN_FAILED: { status: 401, title: 'The user name or the password is wrong' },
  SIGNATURE_INVALID: { status: 401, title: 'The signature of this call is missing, old or wrong' },
  FORBIDDEN: { status: 403, title: 'You may not do this' },
  CROSS_SITE: { status: 403, title: 'The request came from another site' },
  NOT_FOUND: { status: 404, title: 'There is nothing at this address' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'This address does not take this method' },
  CONFLICT: { status: 409, title: 'Somebody else changed the same fields' },
  RECORD_DELETED: { status: 409, title: 'Somebody else deleted this record' },
  ALREADY_EXISTS: { status: 409, title: 'A record with this id exists already' },
  TEST_FAILED: { status: 409, title: 'A test of the JSON Patch failed' },
  BASE_GONE: { status: 412, title: 'The version this save was based on is no longer known' },
  VERSION_CHANGED: { status: 412, title: 'The record has another version than the one asked for' },
  BODY_TOO_LARGE: { status: 413, title: 'The body is too large' },
  MEDIA_TYPE: { status: 415, title: 'This kind of body is not understood' },
  INVALID: { status: 422, title: 'Some fields are not valid' },
  PATCH_FAILED: { status: 422, title: 'The JSON Patch does not fit the record' },
  KEY_REUSED: { status: 422, title: 'This Idempotency-Key was used for another request' },
  ENDPOINT_REFUSED: { status: 422, title: 'This address may not receive webhooks' },
  UPGRADE_REQUIRED: { status: 426, title: 'This address is for a WebSocket' },
  BASE_REQUIRED: { status: 428, title: 'Say what this save is based on' },
  PRESENCE_LIMIT: { status: 422, title: 'That is more than presence carries' },
  RATE_LIMITED: { status: 429, title: 'Too many requests' },
  INTERNAL: { status: 500, title: 'Something went wrong on the server' },
  RAW_BODY_MISSING: { status: 500, title: 'The raw body was read before it could be verified' },
  SAVE_BUSY: { status: 503, title: 'This record is being saved by others right now' },
  NAME_UNANSWERED: { status: 503, title: 'The name servers did not answer' },
  STORE_UNAVAILABLE: { status: 503, title: 'The store cannot save at the moment' },
  TOO_MANY_CONNECTIONS: { status: 503, title: 'Too many open connections' },
  OPTION_UNKNOWN: { status: 0, title: 'An option is not known' },
  OPTION_INVALID: { status: 0, title: 'An option has a value that is not possible' },
  FOLDER_OWNED: { status: 0, title: 'Another process owns the data folder' },
  FOLDER_UNUSABLE: { status: 0, title: 'The data folder cannot be used' },
  LOG_DAMAGED: { status: 0, title: 'The log is damaged' },
  FILE_INVALID: { status: 0, title: 'A file for a command cannot be used' },
  CHECKPOINT_MISMATCH: { status: 0, title: 'The checkpoint was changed by another program' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

/** A code of the catalogue. */
export type ErrorCode = keyof typeof errorCatalogue;
