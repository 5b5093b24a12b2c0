import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseSync } from 'vite';

/** What a module and everything that it imports by a relative path brings along. */
export interface ModuleImports {
  /** The files themselves, as absolute paths. */
  readonly files: readonly string[];
  /** Every other name that one of them imports: packages and `node:` modules. */
  readonly foreign: readonly string[];
}

/** Walks from a built file over all of its relative imports, dynamic ones too. */
export async function importsOf(entry: string): Promise<ModuleImports> {
  const files = new Set<string>();
  const foreign = new Set<string>();
  const waiting = [entry];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    for (const name of namesIn(file, await readFile(file, 'utf8'))) {
      if (name.startsWith('.')) waiting.push(resolve(dirname(file), name));
      else foreign.add(name);
    }
  }
  return { files: [...files], foreign: [...foreign].sort() };
}

/** The names that the code of one file imports. Errors  a plain error for code that cannot be read */
function namesIn(file: string, code: string): readonly string[] {
  const parsed = parseSync(file, code);
  if (parsed.errors.length > 0) throw new Error(`${file}: ${parsed.errors[0]?.message ?? 'cannot be parsed'}`);
  const names: string[] = [];
  collect(parsed.program, names);
  return names;
}

/** Every import, export from, `import()` and `require()` of a syntax tree; one whose name is no literal counts as `?`. */
function collect(node: unknown, names: string[]): void {
  if (typeof node !== 'object' || node === null) return;
  if (Array.isArray(node)) {
    for (const item of node) collect(item, names);
    return;
  }
  const { type, source, callee } = node as { type?: unknown; source?: unknown; callee?: { name?: unknown } };
  const isImport = typeof type === 'string' && (type.startsWith('Import') || type.startsWith('Export'));
  if (isImport && typeof source === 'object' && source !== null) names.push(literalOf(source));
  if (type === 'CallExpression' && callee?.name === 'require') {
    names.push(literalOf((node as { arguments: readonly unknown[] }).arguments[0]));
  }
  for (const child of Object.values(node)) collect(child, names);
}

function literalOf(node: unknown): string {
  const { value } = (node ?? {}) as { value?: unknown };
  return typeof value === 'string' ? value : '?';
}
