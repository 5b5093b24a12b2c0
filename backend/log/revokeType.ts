/**
 * The type of the message that has the connections of its users asked again; readers of the log take it, no client is told.
 *
 * Shape   payload null, or { session }: then only what that session opened ends
 */
export const revokeType = 'sync.revoke';
