import { writeFile } from 'node:fs/promises';
import type { Resource } from '../records/defineResource.ts';
import { serverOwnedFields } from '../records/fieldClasses.ts';
import { SyncError } from '../../shared/problem.ts';
import type { Command } from './command.ts';
import { textOption } from './commandTarget.ts';
import { loadResources, resourcesOption } from './loadResources.ts';
import { fieldLines } from './typeOfSchema.ts';

/** `types`: what the API answers, for a client that does not import the server's code. */
export const typesCommand: Command = {
  name: 'types',
  about: 'Writes the TypeScript types of the declared resources, for a plain client.',
  options: [{ name: 'out', value: 'FILE', about: 'where to write, such as resources.d.ts' }, resourcesOption],
  required: ['out'],
  details: [
    'One interface for each resource, and `Resources` by their names in the address. Secret fields are left out: no answer has them.',
    'A resource whose schema tells nothing (no JSON Schema) allows any field.',
  ],
  async run(call) {
    const out = textOption(call.options, 'out') ?? '';
    const resources = await loadResources(call);
    try {
      await writeFile(out, typesOf(resources));
    } catch (cause) {
      throw new SyncError('FILE_INVALID', `${out} cannot be written.`, { cause });
    }
    call.say(
      `Wrote the types of ${resources.length} resources to ${out}: ${resources.map(({ name }) => name).join(', ')}.`,
    );
    return 0;
  },
};

function typesOf(resources: readonly Resource[]): string {
  const interfaces = resources.map((resource) => {
    const schema = resource.jsonSchema ?? {};
    const secrets = resource.classes.secret.map((pointer) => pointer.slice(1));
    const known = fieldLines(schema, schema, '  ', [...secrets, ...serverOwnedFields]);
    const computed = Object.keys(resource.server).filter((name) => !Object.hasOwn((schema['properties'] as object | undefined) ?? {}, name)); // prettier-ignore
    return [
      `/** ${resource.label.en.replaceAll('*/', '* /')}: \`/${resource.name}\`. */`,
      `export interface ${interfaceName(resource.name)} {`,
      '  id: string;',
      '  version: number;',
      ...(resource.drafts ? ['  publishedVersion: number | null;'] : []),
      ...known,
      ...computed.map((name) => `  ${JSON.stringify(name)}?: unknown;`),
      '  createdAt: string;',
      '  updatedAt: string;',
      '  updatedBy?: string;',
      ...(resource.jsonSchema === null ? ['  [field: string]: unknown;'] : []),
      '}',
      '',
    ].join('\n');
  });
  const byName = resources.map(({ name }) => `  ${JSON.stringify(name)}: ${interfaceName(name)};`);
  return [
    '// Written by `npx backoffice-sync types`; run it again when a schema changes.',
    '',
    ...interfaces,
    '/** The records by the names of their resources. */',
    'export interface Resources {',
    ...byName,
    '}',
    '',
  ].join('\n');
}

function interfaceName(name: string): string {
  const words = name.split(/[-_]/).filter((word) => word !== '');
  return `${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')}Record`;
}
