/** Somebody whose state is to be written, at the latest in a moment. */
export interface Writer {
  /** True while it still wants to; whoever wrote meanwhile has written everything. */
  readonly isDue: boolean;
  write(): void;
}

/** Writes the states of many together. */
export interface GatheredWrites {
  /** Within `gatherMs`; whoever has to be sure before writes at once by itself. */
  add(writer: Writer): void;
  /** Everything that was added, now. */
  writeNow(): void;
}

/** How long states gather before they are written, in milliseconds: as many calls as end in it are made again after a crash. */
const gatherMs = 50;

/**
 * Creates the gathering of a process. What an endpoint still owes is one value, so that ten calls of it that end in one moment
 * are one write and not ten.
 */
export function createGatheredWrites(): GatheredWrites {
  let writers = new Set<Writer>();
  let timer: NodeJS.Timeout | null = null;

  function writeNow(): void {
    if (timer !== null) clearTimeout(timer);
    const due = writers;
    [timer, writers] = [null, new Set()];
    for (const writer of due) if (writer.isDue) writer.write();
  }

  return {
    add(writer) {
      writers.add(writer);
      timer ??= setTimeout(writeNow, gatherMs);
    },
    writeNow,
  };
}
