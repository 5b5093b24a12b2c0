/** What createSync needs of identities. */
export { createInboundService, type InboundService, type InboundSetting } from './createInboundService.ts';
export { withUsers } from './inboundOptions.ts';
