import type { JsonValue } from '../../shared/json.ts';
import type { FieldClass, FieldDescription, FieldKind, ResourceDescription, Words } from '../../shared/resource.ts';
import type { FieldOptions, Resource } from './defineResource.ts';
import { listedClasses, serverOwnedFields } from './fieldClasses.ts';

/** The parts of JSON Schema that a form is made of; everything else in a schema is the validator's affair. */
interface Node {
  readonly type?: string;
  readonly format?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: JsonValue;
  readonly enum?: readonly JsonValue[];
  readonly const?: JsonValue;
  readonly anyOf?: readonly Node[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

const ownedWords: Readonly<Record<string, Words>> = {
  createdAt: { en: 'Created', fr: 'Créé le' },
  updatedAt: { en: 'Last saved', fr: 'Dernier enregistrement' },
  updatedBy: { en: 'Last saved by', fr: 'Enregistré par' },
};

/** Text longer than this gets a field of several lines. */
const longTextLength = 200;

/**
 * What the panel draws a resource from: its schema's fields with the words and classes that were declared.
 *
 * Shape   `permissions` is what the asking user may do; without a JSON Schema only the declared fields are described
 */
export function describeResource(
  resource: Resource,
  permissions: ResourceDescription['permissions'],
): ResourceDescription {
  const root = (resource.jsonSchema ?? {}) as Node;
  const declared = Object.keys(resource.fields).filter((name) => !name.includes('.'));
  const names = [...new Set([...Object.keys(root.properties ?? {}), ...declared])].filter(
    (name) => !isOwned(name) || name === 'createdAt' || name.startsWith('updated'),
  );
  const fields = names.map((name) =>
    describeField(
      resource,
      root.properties?.[name] ?? { type: 'string' },
      [name],
      root.required?.includes(name) ?? false,
    ),
  );
  const owned = ['createdAt', 'updatedAt', 'updatedBy']
    .filter((name) => !names.includes(name))
    .map((name) => ownedField(name));
  const shown = fields.filter(
    (field) =>
      field.kind !== 'group' &&
      field.kind !== 'list' &&
      field.kind !== 'json' &&
      field.name !== 'id' &&
      field.class !== 'secret',
  );
  const titleField = resource.titleField ?? shown.find((field) => field.kind === 'text')?.name ?? 'id';
  return {
    name: resource.name,
    single: resource.single,
    label: resource.label,
    itemLabel: resource.itemLabel,
    titleField,
    listFields:
      resource.listFields ??
      shown
        .filter((field) => field.kind !== 'longText' && field.class !== 'server')
        .slice(0, 4)
        .map((field) => field.name),
    fields: [...fields.filter((field) => field.name !== 'id'), ...owned],
    drafts: resource.drafts,
    ...(resource.autosave === null ? {} : { autosave: resource.autosave }),
    // Rows are saved where they are.
    permissions: resource.captured === null ? permissions : { create: false, update: false, delete: false },
  };
}

function describeField(resource: Resource, node: Node, path: readonly string[], required: boolean): FieldDescription {
  const name = path.at(-1) ?? '';
  const options: FieldOptions = resource.fields[path.filter((part) => part !== '*').join('.')] ?? {};
  const { core, nullable } = withoutNull(node);
  const kind = options.kind ?? kindOf(core);
  const inside = kind === 'group' ? core : kind === 'list' ? (core.items ?? {}) : null;
  const insidePath = kind === 'list' ? [...path, '*'] : path;
  const fieldClass = classOf(resource, path);
  const choices = kind === 'choice' ? choicesOf(core, options) : undefined;
  const children = inside?.properties
    ? Object.entries(inside.properties).map(([child, childNode]) =>
        describeField(resource, childNode, [...insidePath, child], inside.required?.includes(child) ?? false),
      )
    : undefined;
  return {
    name,
    kind,
    label: options.label ?? ownedWords[name] ?? sameWords(core.title ?? titleOf(name)),
    ...(options.help ? { help: options.help } : core.description ? { help: sameWords(core.description) } : {}),
    required: required && node.default === undefined && !nullable,
    nullable,
    ...(fieldClass ? { class: fieldClass } : {}),
    ...(node.default === undefined ? {} : { default: node.default }),
    ...numbers(core),
    ...(choices ? { choices } : {}),
    ...(children ? { fields: children } : {}),
  };
}

/** `string | null`, `url | ''` and the like: the part that a person edits. */
function withoutNull(node: Node): { core: Node; nullable: boolean } {
  if (!node.anyOf) return { core: node, nullable: node.type === 'null' };
  const parts = node.anyOf.filter((part) => part.type !== 'null' && part.const !== '');
  const nullable = node.anyOf.some((part) => part.type === 'null');
  const [first] = parts;
  return parts.length === 1 && first ? { core: { ...first, ...pickWords(node) }, nullable } : { core: node, nullable };
}

function pickWords(node: Node): Pick<Node, 'title' | 'description'> {
  return {
    ...(node.title ? { title: node.title } : {}),
    ...(node.description ? { description: node.description } : {}),
  };
}

function kindOf(node: Node): FieldKind {
  if (node.enum) return 'choice';
  switch (node.type) {
    case 'string':
      return textKind(node);
    case 'number':
    case 'integer':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'object':
      return node.properties ? 'group' : 'json';
    case 'array':
      if (node.items?.type === 'string') return 'texts';
      return node.items?.type === 'object' && node.items.properties ? 'list' : 'json';
    default:
      return 'json';
  }
}

function textKind(node: Node): FieldKind {
  switch (node.format) {
    case 'email':
      return 'email';
    case 'uri':
      return 'url';
    case 'date':
      return 'date';
    default:
      return (node.maxLength ?? 0) > longTextLength ? 'longText' : 'text';
  }
}

function numbers(node: Node): Pick<FieldDescription, 'maxLength' | 'minimum' | 'maximum'> {
  // zod writes the whole range of safe integers for `.int()`; that is no limit that a person should read.
  const real = (value: number | undefined) => value !== undefined && Math.abs(value) < Number.MAX_SAFE_INTEGER;
  return {
    ...(node.maxLength === undefined ? {} : { maxLength: node.maxLength }),
    ...(real(node.minimum) && node.minimum !== undefined ? { minimum: node.minimum } : {}),
    ...(real(node.maximum) && node.maximum !== undefined ? { maximum: node.maximum } : {}),
  };
}

function choicesOf(node: Node, options: FieldOptions): NonNullable<FieldDescription['choices']> {
  return (node.enum ?? []).map((value) => ({
    value: String(value),
    label: options.choices?.[String(value)] ?? sameWords(titleOf(String(value))),
  }));
}

function classOf(resource: Resource, path: readonly string[]): FieldClass | undefined {
  const pointer = `/${path.join('/')}`;
  const { classes } = resource;
  for (const name of listedClasses) if (classes[name].includes(pointer)) return name;
  const [top = ''] = path;
  return path.length === 1 && (isOwned(top) || Object.hasOwn(resource.server, top)) ? 'server' : undefined;
}

function ownedField(name: string): FieldDescription {
  return {
    name,
    kind: name === 'updatedBy' ? 'text' : 'date',
    label: ownedWords[name] ?? sameWords(name),
    required: false,
    nullable: false,
    class: 'server',
  };
}

function isOwned(name: string): boolean {
  return (serverOwnedFields as readonly string[]).includes(name);
}

function sameWords(text: string): Words {
  return { en: text, fr: text };
}

function titleOf(name: string): string {
  const spaced = name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll(/[-_]/g, ' ')
    .toLowerCase();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
