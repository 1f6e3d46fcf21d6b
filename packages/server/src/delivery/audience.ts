import { type CallDevice, type Ticket, ticketStream } from '@dowellchat/protocol'
import type { StreamKey } from '../stores/store.ts'
import type { LineKey } from './line-reading.ts'

/** A group of sockets in a workspace. */
export type Address =
  | { readonly kind: 'stream'; readonly workspace_id: string; readonly stream: string }
  /** The agents and admins whom the workspace's announcements reach. */
  | { readonly kind: 'agents'; readonly workspace_id: string }
  /** The admins alone. */
  | { readonly kind: 'admins'; readonly workspace_id: string }
  | { readonly kind: 'user'; readonly workspace_id: string; readonly user_id: string }
  /** The sockets that have asked for a user and hear of their changes. */
  | { readonly kind: 'watchers'; readonly workspace_id: string; readonly user_id: string }
  /** The sockets that have a room in the list that they show. */
  | { readonly kind: 'listed'; readonly workspace_id: string; readonly stream: string }
  /** The sockets that follow whether a user is there. */
  | { readonly kind: 'presence'; readonly workspace_id: string; readonly user_id: string }
  /** The sockets that follow who is in a room. */
  | { readonly kind: 'room_presence'; readonly workspace_id: string; readonly stream: string }
  /** The sockets that follow a line. */
  | { readonly kind: 'line'; readonly workspace_id: string; readonly line: string }
  /** One socket of this server. */
  | { readonly kind: 'socket'; readonly workspace_id: string; readonly id: string }
  | ({ readonly kind: 'device'; readonly workspace_id: string } & CallDevice)

/** Who gets something: every socket at one of the addresses, once. */
export interface Audience {
  readonly addresses: readonly Address[]
  /** The id of a socket that does not get it. */
  readonly except?: string
  /** Users whose sockets do not get it. */
  readonly exceptUsers?: readonly string[]
}

export function streamAddress({ workspace_id, stream }: StreamKey): Address {
  return { kind: 'stream', workspace_id, stream }
}

export function agentsOf(workspace_id: string): Audience {
  return { addresses: [{ kind: 'agents', workspace_id }] }
}

export function adminsOf(workspace_id: string): Audience {
  return { addresses: [{ kind: 'admins', workspace_id }] }
}

export function devicesOf(workspace_id: string, devices: readonly CallDevice[]): Audience {
  return { addresses: devices.map((device) => ({ kind: 'device', workspace_id, ...device })) }
}

/** The sockets that follow a line. */
export function lineAddress(key: LineKey): Address {
  return { kind: 'line', ...key }
}

/** All sockets of some users. */
export function usersOf(workspace_id: string, userIds: readonly string[]): Audience {
  return { addresses: userIds.map((user_id) => ({ kind: 'user', workspace_id, user_id })) }
}

/** Those concerned by a ticket: agents and admins, its customer, and those who joined it. */
export function ticketAudience(workspace_id: string, ticket: Ticket): Audience {
  return { addresses: ticketAddresses(workspace_id, ticket._id, ticket.user_id) }
}

/** @param user_id its customer */
export function ticketAddresses(workspace_id: string, ticketId: string, user_id: string): Address[] {
  return [
    { kind: 'agents', workspace_id },
    { kind: 'user', workspace_id, user_id },
    { kind: 'stream', workspace_id, stream: ticketStream(ticketId) },
  ]
}

/** Those concerned by a change of a user: the user's own sockets, and those that have asked for the user. */
export function userAudience(workspace_id: string, user_id: string): Audience {
  return {
    addresses: [
      { kind: 'user', workspace_id, user_id },
      { kind: 'watchers', workspace_id, user_id },
    ],
  }
}

/** An address in one line of a log. */
export function addressText(address: Address): string {
  switch (address.kind) {
    case 'stream':
      return address.stream
    case 'agents':
    case 'admins':
      return address.kind
    case 'user':
      return `user:${address.user_id}`
    case 'watchers':
      return `watchers:${address.user_id}`
    case 'listed':
      return `listed:${address.stream}`
    case 'presence':
      return `presence:${address.user_id}`
    case 'room_presence':
      return `presence:${address.stream}`
    case 'line':
      return `line:${address.line}`
    case 'socket':
      return `socket:${address.id}`
    case 'device':
      return `device:${address.user_id}/${address.device_id}`
  }
}
