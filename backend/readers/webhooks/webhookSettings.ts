import { refuseOption } from '../../options.ts';

/** What an integrator may say about webhooks. */
export interface WebhookSettings {
  /** Private networks that webhooks may reach, as CIDR. Default none. */
  readonly allowPrivate?: readonly string[];
  /** An endpoint that is registered at the first start and gets every public change. Default none. */
  readonly register?: string;
  /** Called once, with the secret that the registered endpoint verifies with. Default: nobody learns it. */
  readonly onRegistered?: (endpoint: { readonly url: string; readonly secret: string }) => void;
  /** Bytes of a body; beyond them the receiver gets a link to the record instead of its content. Default 262,144. */
  readonly maxBodyBytes?: number;
  /** How long deliveries can be looked at, in days. Default 30. */
  readonly deliveryRetentionDays?: number;
}

/**
 * The limits with their defaults.
 *
 * Errors  OPTION_INVALID
 */
export function resolveWebhookSettings(
  given: WebhookSettings = {},
): Required<Pick<WebhookSettings, 'maxBodyBytes' | 'deliveryRetentionDays'>> {
  const { maxBodyBytes = 262_144, deliveryRetentionDays = 30 } = given;
  if (!Number.isInteger(maxBodyBytes) || maxBodyBytes < 1_024)
    refuseOption('webhooks', 'maxBodyBytes', 'a whole number of at least 1,024', maxBodyBytes);
  if (!Number.isInteger(deliveryRetentionDays) || deliveryRetentionDays < 1)
    refuseOption('webhooks', 'deliveryRetentionDays', 'a whole number of days above 0', deliveryRetentionDays);
  return { maxBodyBytes, deliveryRetentionDays };
}
