import { type CallDevice, Role, roomStream } from '@dowellchat/protocol'
import * as z from 'zod/mini'
import type { Found } from '../delivery/connection.ts'
import type { Nodes } from '../nodes/nodes.ts'
import type { Sockets } from './sockets.ts'

const Text = z.string()
const SentCallable = z.object({ user_id: Text, device_id: Text, role: Role, socket_id: z.optional(Text) })
const FoundHere = z.object({
  socket: z.array(SentCallable),
  user: z.array(SentCallable),
  room: z.array(SentCallable),
})
type FoundHere = z.output<typeof FoundHere>

const Search = z.object({ workspace_id: Text, address: Text, except: Text })
const Places = z.array(z.tuple([Text, Text, Text]))
const Indexes = z.array(z.int())

/** A device, with its workspace. */
export interface PlacedDevice extends CallDevice {
  readonly workspace_id: string
}

interface WhereaboutsParts {
  readonly nodes: Pick<Nodes, 'ask' | 'answer' | 'read' | 'others' | 'hasBus'>
  readonly sockets: Pick<Sockets, 'callablesAt' | 'hasAny'>
}

/** Who is connected where. Asked of the other servers whenever it is needed, and kept nowhere. */
export class Whereabouts {
  readonly #parts: WhereaboutsParts

  constructor(parts: WhereaboutsParts) {
    this.#parts = parts
    const { nodes } = parts
    nodes.answer('who_is_at', (data) => {
      const search = nodes.read(Search, data)
      return search ? this.#findHere(search.workspace_id, search.address, search.except) : null
    })
    nodes.answer('devices_here', (data) => {
      const places = nodes.read(Places, data) ?? []
      const devices = places.map(([workspace_id, user_id, device_id]) => ({
        workspace_id,
        user_id,
        device_id,
      }))
      return devices.flatMap((device, at) => (this.isHere(device) ? at : []))
    })
  }

  /**
   * Begins to look for those at a socket id, a user id or in a room, in this order, each on all servers before the next.
   * The others are asked at once, this server's sockets are looked at when the answer is called for.
   */
  search(workspaceId: string, address: string, exceptId: string): () => Promise<Found> {
    const asked = this.#parts.nodes.ask('who_is_at', { workspace_id: workspaceId, address, except: exceptId })
    return async () => {
      const elsewhere = (await asked).flatMap((answer) =>
        answer === null ? [] : (this.#parts.nodes.read(FoundHere, answer) ?? []),
      )
      const all = [this.#findHere(workspaceId, address, exceptId), ...elsewhere]
      for (const kind of ['socket', 'user', 'room'] as const) {
        const devices = all.flatMap((one) => one[kind])
        if (devices.length > 0) return { isRoom: kind === 'room', devices }
      }
      return { isRoom: false, devices: [] }
    }
  }

  /** Whether a socket of the device is connected to this server. */
  isHere(device: PlacedDevice): boolean {
    return this.#parts.sockets.hasAny([{ kind: 'device', ...device }])
  }

  /**
   * Which of the devices are connected to other servers, by their places in the list. `isCertain` is false where not all of
   * these have answered: the rest may be connected there.
   */
  async elsewhere(devices: readonly PlacedDevice[]): Promise<{ found: Set<number>; isCertain: boolean }> {
    const { nodes } = this.#parts
    const others = nodes.others.length
    if (devices.length === 0 || others === 0) return { found: new Set(), isCertain: true }
    const places = devices.map(({ workspace_id, user_id, device_id }) => [workspace_id, user_id, device_id])
    const answers = await nodes.ask('devices_here', places)
    const read = answers.flatMap((answer) => {
      const indexes = nodes.read(Indexes, answer)
      return indexes ? [indexes] : []
    })
    // Without a bus nothing of a call reaches another server anyway.
    return { found: new Set(read.flat()), isCertain: !nodes.hasBus || read.length >= others }
  }

  #findHere(workspaceId: string, address: string, exceptId: string): FoundHere {
    const { sockets } = this.#parts
    const at = (place: Parameters<Sockets['callablesAt']>[0]) =>
      sockets.callablesAt(place, workspaceId, exceptId)
    return {
      socket: at(address),
      user: at({ kind: 'user', workspace_id: workspaceId, user_id: address }),
      room: at({ kind: 'stream', workspace_id: workspaceId, stream: roomStream(address) }),
    }
  }
}
