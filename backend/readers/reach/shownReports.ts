import { LRUCache } from 'lru-cache';
import { compareVersions, type RecordVersion } from '../../../shared/cursor.ts';

/** What browsers said about one version of one record. */
export interface ShownFigures {
  readonly of: RecordVersion;
  readonly reports: number;
  /** Milliseconds from the save to each report; the first ones of them, in the order of their coming. */
  readonly afterMs: readonly number[];
  /** The last page that came with an older version. Milliseconds since 1970. */
  readonly older: { readonly version: number; readonly at: number } | null;
}

/** One report, judged against what is stored. */
export interface JudgedReport {
  /** `<resource>/<id>` */
  readonly key: string;
  /** The version that browsers ought to show. */
  readonly newest: RecordVersion;
  /** The version that this one shows. */
  readonly shown: number;
  readonly isRendered: boolean;
  readonly afterMs: number;
  readonly at: number;
}

/** Records whose figures are kept on a node; those that nobody asked about for longest go first. */
const maxRecords = 10_000;
/** Times that the median is made of. */
const maxTimes = 101;

/** Counts what browsers report, by record; nothing of a report is kept but its version and its time. */
export function createShownReports() {
  const figures = new LRUCache<string, ShownFigures>({ max: maxRecords });

  function freshOf(newest: RecordVersion): ShownFigures {
    return { of: newest, reports: 0, afterMs: [], older: null };
  }

  return {
    /** True when something was learned that was not known: the first report of a version, or of an old copy of it. */
    add({ key, newest, shown, isRendered, afterMs, at }: JudgedReport): boolean {
      const known = figures.get(key);
      const last = known && compareVersions(known.of, newest) === 0 ? known : freshOf(newest);
      if (shown < newest.version) {
        // A page that was open shows the old one until it is told: only what a page came with is a copy that is too old.
        if (!isRendered) return false;
        figures.set(key, { ...last, older: { version: shown, at } });
        return last.older === null;
      }
      const afterTimes = last.afterMs.length < maxTimes ? [...last.afterMs, afterMs] : last.afterMs;
      figures.set(key, { ...last, reports: last.reports + 1, afterMs: afterTimes });
      return last.reports === 0;
    },
    /** About whatever version was reported last; null when nobody reported. */
    newest: (key: string): ShownFigures | null => figures.get(key) ?? null,
    /** Null when nobody reported about this version. */
    of(key: string, newest: RecordVersion): ShownFigures | null {
      const known = figures.get(key);
      return known && compareVersions(known.of, newest) === 0 ? known : null;
    },
  };
}

/** The figures of several nodes as one; null when none has any. */
export function joinFigures(all: readonly (ShownFigures | null)[]): ShownFigures | null {
  const known = all.filter((one) => one !== null);
  const [first] = known;
  if (first === undefined) return null;
  return {
    of: first.of,
    reports: known.reduce((sum, { reports }) => sum + reports, 0),
    afterMs: known.flatMap(({ afterMs }) => afterMs),
    older: known.map(({ older }) => older).reduce((a, b) => ((b?.at ?? 0) > (a?.at ?? 0) ? b : a), null),
  };
}
