import type { LogPosition } from '../../../shared/cursor.ts';
import type { Core } from '../../core.ts';
import type { DeliveryLog } from '../../log/deliveryLog.ts';
import type { StateStore } from '../../stores/store.ts';
import type { AttemptParts } from './attemptDelivery.ts';
import type { CallSlots } from './callSlots.ts';
import type { ComposeDelivery } from './composeDelivery.ts';
import type { GatheredWrites } from './gatheredWrites.ts';
import type { Timers } from './timers.ts';
import type { DisabledCode, Endpoint } from './webhooksResource.ts';

/** What all workers of a process share. */
export interface WorkerParts extends AttemptParts {
  readonly core: Core;
  readonly state: StateStore;
  readonly compose: ComposeDelivery;
  readonly deliveries: () => DeliveryLog;
  readonly slots: CallSlots;
  readonly gathered: GatheredWrites;
  readonly timers: Timers;
  /** From 0 to just under 1: spreads the retries of many receivers. */
  readonly random: () => number;
  readonly onError: (error: unknown) => void;
  /** Something was sent or written. */
  readonly onProgress: () => void;
  /** More records wait than before. */
  readonly onNoted: () => void;
  /** Switches the endpoint off for good, for a reason that an admin reads. */
  readonly disable: (endpoint: Endpoint, reason: string, code: DisabledCode) => Promise<void>;
  /** True while this process may call for an endpoint: asked right before each call. */
  readonly isOurs: (endpointId: string) => boolean;
  /** Another process wrote the state of an endpoint: what is known here is old. */
  readonly onSuperseded: (endpointId: string) => void;
  /** How far the feed has come. */
  readonly place: () => LogPosition;
}
