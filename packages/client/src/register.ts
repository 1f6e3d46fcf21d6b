/**
 * What a team's own data is. Augment it, and `metadata` has these types in every hook, entity and method; what is left out is
 * an object of anything. The server's option `schemas` is what checks it.
 *
 * @example
 * declare module '@dowellchat/client' {
 *   interface Register {
 *     messageMetadata: { order?: string }
 *   }
 * }
 */
// biome-ignore lint/suspicious/noEmptyInterface: applications fill it.
export interface Register {}

type Registered<K extends string> = Register extends { readonly [P in K]: infer M }
  ? M
  : Record<string, unknown>

/** The `metadata` of messages. */
export type MessageMetadata = Registered<'messageMetadata'>
/** The `metadata` of users. It is empty until it is written. */
export type UserMetadata = Partial<Registered<'userMetadata'>>
/** The `metadata` of rooms. It is empty until it is written, and always in open rooms. */
export type RoomMetadata = Partial<Registered<'roomMetadata'>>
/** The `metadata` of tickets. */
export type TicketMetadata = Registered<'ticketMetadata'>

/** The `metadata` of an entity, which its other fields tell. */
export type MetadataOf<Entity> = Entity extends { message_data: unknown }
  ? MessageMetadata
  : Entity extends { product: unknown }
    ? TicketMetadata
    : Entity extends { member_count: unknown }
      ? RoomMetadata
      : UserMetadata
