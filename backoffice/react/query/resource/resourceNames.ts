/** Words whose singular no rule finds. */
const irregular = { news: 'news', series: 'series', people: 'person', children: 'child', media: 'media' } as const;

type Irregular = typeof irregular;

/** `agent_activities` as `AgentActivities`. */
export type Pascal<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Capitalize<Head>}${Pascal<Tail>}`
  : Name extends `${infer Head}-${infer Tail}`
    ? `${Capitalize<Head>}${Pascal<Tail>}`
    : Capitalize<Name>;

/** `agent_activities` as `agent_activity`; a word that is the same for one and for many stays. */
export type Singular<Name extends string> = Name extends keyof Irregular
  ? Irregular[Name]
  : Name extends `${infer Stem}ies`
    ? `${Stem}y`
    : Name extends `${infer Stem}sses`
      ? `${Stem}ss`
      : Name extends `${infer Stem}${'ches' | 'shes' | 'xes'}`
        ? Name extends `${Stem}${infer End}es`
          ? `${Stem}${End}`
          : never
        : Name extends `${string}ss`
          ? Name
          : Name extends `${infer Stem}s`
            ? Stem
            : Name;

/** The name of one record in hooks; `PeerFeedbackRecord` where the resource is called the same for one and for many. */
export type OneName<Name extends string> =
  Singular<Name> extends Name ? `${Pascal<Name>}Record` : Pascal<Singular<Name>>;

/** The names of a resource, as its hooks carry them. */
export interface ResourceNames {
  readonly many: string;
  readonly one: string;
}

/** Derives the names at run time, by the same rules as the types. */
export function resourceNames(resource: string): ResourceNames {
  const singular = toSingular(resource);
  const many = toPascal(resource);
  return { many, one: singular === resource ? `${many}Record` : toPascal(singular) };
}

function toSingular(name: string): string {
  const known: Readonly<Record<string, string>> = irregular;
  const exception = Object.hasOwn(known, name) ? known[name] : undefined;
  if (exception !== undefined) return exception;
  if (name.endsWith('ies')) return `${name.slice(0, -3)}y`;
  if (/(sses|ches|shes|xes)$/.test(name)) return name.slice(0, -2);
  return name.endsWith('s') && !name.endsWith('ss') ? name.slice(0, -1) : name;
}

function toPascal(name: string): string {
  return name
    .split(/[_-]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
