import { isJsonObject, type JsonObject, type JsonValue } from '../../shared/json.ts';
import { formatPointer, matchesPattern } from '../../shared/merge/index.ts';
import { SyncError } from '../../shared/problem.ts';
import type { Sealer } from '../auth/sealer.ts';
import type { Resource } from './defineResource.ts';
import { toPointer } from './fieldClasses.ts';
import type { SaveRequest } from './saveRequest.ts';

/** Secrets are never merged or compared: sent means set, absent or null means kept, and nobody learns whether he guessed right. */
export function takeSecrets(request: SaveRequest): { body: SaveRequest['body']; secrets: Record<string, string> } {
  const names = request.resource.classes.secret.map((pointer) => pointer.slice(1));
  const kept = (request.keep ?? []).map(toPointer);
  const { body } = request;
  if (names.length === 0) return { body, secrets: {} };
  const secrets: Record<string, string> = {};
  const strip = (part: JsonObject): JsonObject => {
    for (const name of names) {
      const value = part[name];
      if (typeof value === 'string') {
        if (!kept.some((pattern) => matchesPattern(formatPointer([name]), pattern))) secrets[name] = value;
      } else if (value !== undefined && value !== null) refuseSecretType(name);
    }
    return Object.fromEntries(Object.entries(part).filter(([name]) => !names.includes(name)));
  };
  if (body.kind === 'fields') return { body: { ...body, fields: strip(body.fields) }, secrets };
  if (body.kind === 'mergePatch') return { body: { ...body, patch: strip(body.patch) }, secrets };
  if (body.kind === 'jsonPatch') refuseSecretOperations(body.operations, names);
  return { body, secrets };
}

function refuseSecretType(name: string): never {
  throw new SyncError('INVALID', 'One field is not valid; nothing was saved.', {
    extensions: { errors: [{ path: `/${name}`, code: 'secret_type', message: 'This has to be a text.' }] },
  });
}

function refuseSecretOperations(operations: JsonValue, names: readonly string[]): void {
  if (!Array.isArray(operations)) return;
  for (const operation of operations as readonly JsonValue[]) {
    if (!isJsonObject(operation)) continue;
    const hit = [operation['path'], operation['from']].find(
      (path) => typeof path === 'string' && names.some((name) => path === `/${name}` || path.startsWith(`/${name}/`)),
    );
    // `test` and `copy` would read it, so no operation may name it.
    if (hit !== undefined)
      throw new SyncError(
        'PATCH_FAILED',
        `A JSON Patch cannot name the secret "${String(hit)}". Send it in a merge patch.`,
      );
  }
}

/** What is stored of them. */
export function sealSecrets(secrets: Readonly<Record<string, string>>, sealer: Sealer): JsonObject {
  return Object.fromEntries(Object.entries(secrets).map(([name, plain]) => [name, sealer.seal(plain)]));
}

/** A record as its schema judges it: with the secrets as they were typed. It stays inside the validation. */
export function withOpenSecrets(resource: Resource, record: JsonObject, sealer: Sealer): JsonObject {
  if (resource.classes.secret.length === 0) return record;
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      name,
      resource.classes.secret.includes(`/${name}`) && sealer.isSealed(value) ? sealer.open(value) : value,
    ]),
  );
}
