export { signWebhook, type SignOptions, type WebhookHeaders } from './signWebhook.ts';
export { verifyWebhook, type RefusalReason, type Verification, type VerifyOptions } from './verifyWebhook.ts';
export { type ReceivedHeaders } from './webhookHeaders.ts';
export { isNewerDelivery, type DeliveryVersion } from './isNewerDelivery.ts';
