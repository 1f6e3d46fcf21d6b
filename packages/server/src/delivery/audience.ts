import { type CallDevice, type Ticket, ticketStream } from '@dowellchat/protocol'
import type { DialectName } from '../identity/dialect-name.ts'
import type { StreamKey } from '../stores/store.ts'

/** One group of sockets in a workspace. */
export type Address =
  | { readonly kind: 'stream'; readonly workspace_id: string; readonly stream: string }
  /** Agents and admins; of V2's sockets those that have asked for it. */
  | { readonly kind: 'agents'; readonly workspace_id: string }
  | { readonly kind: 'user'; readonly workspace_id: string; readonly user_id: string }
  | ({ readonly kind: 'device'; readonly workspace_id: string } & CallDevice)

/** Who is to hear something: every socket at one of the addresses, once. */
export interface Audience {
  readonly addresses: readonly Address[]
  /** The id of a socket that is not to hear it. */
  readonly except?: string
}

/**
 * The socket.io room of the sockets of one dialect at an address. Ids have no line feeds, so no id can be taken for
 * another's address, nor for a socket id, which is a socket.io room too.
 */
export function socketRoom(dialect: DialectName, address: Address): string {
  switch (address.kind) {
    case 'stream':
      return `${dialect}\nstream\n${address.workspace_id}\n${address.stream}`
    case 'agents':
      return `${dialect}\nagents\n${address.workspace_id}`
    case 'user':
      return `${dialect}\nuser\n${address.workspace_id}\n${address.user_id}`
    case 'device':
      // A V2 socket is a device of its own, in the room that socket.io made for it.
      if (dialect === 'v2') return address.device_id
      return `${dialect}\ndevice\n${address.workspace_id}\n${address.user_id}\n${address.device_id}`
  }
}

/** The socket.io room of all sockets that are, or have been, in a call: whoever is not need not be looked for in one. */
export const callRoom = 'calls'

export function streamAddress({ workspace_id, stream }: StreamKey): Address {
  return { kind: 'stream', workspace_id, stream }
}

export function agentsOf(workspace_id: string): Audience {
  return { addresses: [{ kind: 'agents', workspace_id }] }
}

export function devicesOf(workspace_id: string, devices: readonly CallDevice[]): Audience {
  return { addresses: devices.map((device) => ({ kind: 'device', workspace_id, ...device })) }
}

/** Whoever has to do with a ticket: agents and admins, its customer, and those who joined it. */
export function ticketAudience(workspace_id: string, ticket: Ticket): Audience {
  return {
    addresses: [
      { kind: 'agents', workspace_id },
      { kind: 'user', workspace_id, user_id: ticket.user_id },
      { kind: 'stream', workspace_id, stream: ticketStream(ticket._id) },
    ],
  }
}
