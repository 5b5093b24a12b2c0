/** A document that is being patched: every container is copied at most once, and only when something in it changes. */
import { isJsonObject, type JsonValue } from '../json.ts';
import { ownMember, setMember, type MutableObject } from './ownMember.ts';
import { parseIndex } from './pointer.ts';

type Path = readonly string[];
type MutableContainer = JsonValue[] | MutableObject;

/** The changes that a JSON Patch is made of; each says whether its place exists, and a draft that said no is of no more use. */
export interface PatchDraft {
  readonly find: (path: Path) => JsonValue | undefined;
  readonly add: (path: Path, value: JsonValue) => boolean;
  readonly remove: (path: Path) => boolean;
  readonly replace: (path: Path, value: JsonValue) => boolean;
  /** From now on every container may stand at two places, and is copied again before it changes. */
  readonly shareAll: () => void;
}

/** A draft of the document; the document itself is never changed. */
export function createDraft(document: JsonValue): PatchDraft {
  let root = document;
  let owned = new WeakSet<object>();

  const find = (path: Path): JsonValue | undefined => {
    let value: JsonValue | undefined = root;
    for (const token of path) value = childOf(value, token);
    return value;
  };

  const own = (value: JsonValue | undefined): MutableContainer | undefined => {
    if (!Array.isArray(value) && !isJsonObject(value)) return undefined;
    if (owned.has(value)) return value as MutableContainer;
    const copy: MutableContainer = Array.isArray(value) ? [...value] : { ...value };
    owned.add(copy);
    return copy;
  };

  /** The container that holds the last token, ready to be changed. */
  const openParent = (path: Path): MutableContainer | undefined => {
    let container = own(root);
    if (container === undefined) return undefined;
    root = container;
    for (const token of path.slice(0, -1)) {
      const below = own(childOf(container, token));
      if (below === undefined) return undefined;
      put(container, token, below);
      container = below;
    }
    return container;
  };

  const add = (path: Path, value: JsonValue): boolean => {
    const last = path.at(-1);
    if (last === undefined) {
      root = value;
      return true;
    }
    const parent = openParent(path);
    if (!Array.isArray(parent)) return parent !== undefined && put(parent, last, value);
    const index = last === '-' ? parent.length : parseIndex(last);
    if (index === undefined || index > parent.length) return false;
    parent.splice(index, 0, value);
    return true;
  };

  const remove = (path: Path): boolean => {
    const last = path.at(-1);
    const parent = last === undefined || find(path) === undefined ? undefined : openParent(path);
    if (parent === undefined || last === undefined) return false;
    if (Array.isArray(parent)) parent.splice(Number(last), 1);
    else delete parent[last];
    return true;
  };

  const replace = (path: Path, value: JsonValue): boolean => {
    const last = path.at(-1);
    if (last === undefined) {
      root = value;
      return true;
    }
    const parent = find(path) === undefined ? undefined : openParent(path);
    return parent !== undefined && put(parent, last, value);
  };

  const shareAll = (): void => {
    owned = new WeakSet();
  };

  return { find, add, remove, replace, shareAll };
}

function childOf(value: JsonValue | undefined, token: string): JsonValue | undefined {
  if (Array.isArray(value)) {
    const index = parseIndex(token);
    return index === undefined ? undefined : value[index];
  }
  return isJsonObject(value) ? ownMember(value, token) : undefined;
}

function put(container: MutableContainer, token: string, value: JsonValue): true {
  if (Array.isArray(container)) container[Number(token)] = value;
  else setMember(container, { name: token, value });
  return true;
}
