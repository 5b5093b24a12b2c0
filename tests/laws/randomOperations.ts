import type { JsonValue } from '../../shared/json.ts';
import type { Choices } from './choices.ts';
import type { Operation } from './naivePatch.ts';
import { at, isObject, pointerOf } from './plainJson.ts';
import { memberNames, plainValues, someValue } from './randomRecord.ts';

const kinds: readonly Operation['op'][] = ['replace', 'remove', 'add', 'move', 'copy', 'test'];

/** Up to five operations on places that the document has, or nearly has; a move never goes into itself. */
export function randomOperations(document: JsonValue, choices: Choices): Operation[] {
  const places = pathsIn(document);
  return Array.from({ length: choices.below(6) }, (): Operation => {
    const op = choices.pick(kinds);
    const path = somePath(places, choices);
    if (op === 'remove') return { op, path };
    if (op !== 'move' && op !== 'copy') return { op, path, value: valueFor(op, path, document, choices) };
    const from = choices.pick(places);
    const isInside = from.length < path.length && from.every((token, index) => token === path[index]);
    return { op: isInside ? 'copy' : op, path, from };
  });
}

/** The operations as they travel. */
export function writeOperations(operations: readonly Operation[]): JsonValue {
  return operations.map(({ op, path, from, value }) => ({
    op,
    path: pointerOf(path),
    ...(from === undefined ? {} : { from: pointerOf(from) }),
    ...(value === undefined ? {} : { value }),
  }));
}

function somePath(places: readonly (readonly string[])[], choices: Choices): readonly string[] {
  const path = choices.pick(places);
  switch (choices.below(6)) {
    case 4:
      return [...path, choices.pick(memberNames)];
    case 5:
      return [...path.slice(0, -1), choices.pick(['-', '0', '1', '2', '01'])];
    default:
      return path;
  }
}

function valueFor(op: Operation['op'], path: readonly string[], document: JsonValue, choices: Choices): JsonValue {
  if (op !== 'test' || choices.chance(30))
    return choices.chance(50) ? choices.pick(plainValues) : someValue(choices, 2);
  return at(document, path) ?? null;
}

function pathsIn(document: JsonValue): string[][] {
  const paths: string[][] = [];
  const visit = (value: JsonValue, path: string[]): void => {
    paths.push(path);
    if (Array.isArray(value)) value.forEach((item, index) => visit(item as JsonValue, [...path, String(index)]));
    else if (isObject(value)) for (const name of Object.keys(value)) visit(value[name] as JsonValue, [...path, name]);
  };
  visit(document, []);
  return paths;
}
