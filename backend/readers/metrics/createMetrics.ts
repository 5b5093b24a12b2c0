import { collectDefaultMetrics, Registry } from 'prom-client';
import { createSaveMeter, type SaveMeter } from './createSaveMeter.ts';
import { registerMetrics, type MeasuredParts } from './registerMetrics.ts';

/** The figures of one installation in the text format of Prometheus. */
export interface Metrics {
  readonly countSave: SaveMeter;
  /** Begins to answer for the parts, which are there once everything is open. */
  measure(parts: MeasuredParts): void;
  /** Shape   `contentType` goes with the text */
  text(): Promise<{ readonly contentType: string; readonly body: string }>;
}

/**
 * Creates the figures of one installation.
 *
 * Each installation has a registry of its own: two in one process do not add up. Those of the process (memory, event loop)
 * are collected from the first time that somebody asks, since watching them costs.
 *
 * Source  Prometheus text exposition format 0.0.4
 */
export function createMetrics(): Metrics {
  const registry = new Registry();
  let isAsked = false;
  return {
    countSave: createSaveMeter(registry),
    measure: (parts) => registerMetrics(registry, parts),
    async text() {
      if (!isAsked) collectDefaultMetrics({ register: registry });
      isAsked = true;
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
  };
}
