import { Counter, Histogram, type Registry } from 'prom-client';

/** Takes note of how one save ended. */
export type SaveMeter = (save: {
  readonly resource: string;
  /** What the answer says: `saved`, `merged`, `unchanged`…, or the code of the refusal. */
  readonly outcome: string;
  readonly durationMs: number;
}) => void;

/** Counts saves over HTTP by resource and outcome, and how long each took until it was durable. */
export function createSaveMeter(registry: Registry): SaveMeter {
  const saves = new Counter({
    name: 'backoffice_sync_saves_total',
    help: 'Saves over HTTP, by resource and outcome; an outcome in capitals is the code of a refusal.',
    labelNames: ['resource', 'outcome'] as const,
    registers: [registry],
  });
  const duration = new Histogram({
    name: 'backoffice_sync_save_duration_seconds',
    help: 'From the whole request to the durable answer, refusals included.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  return ({ resource, outcome, durationMs }) => {
    saves.inc({ resource, outcome });
    duration.observe(durationMs / 1000);
  };
}
