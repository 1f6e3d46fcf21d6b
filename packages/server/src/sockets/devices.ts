import type { NodeMessages } from '../nodes/messages.ts'
import type { Nodes } from '../nodes/nodes.ts'
import type { ChatSocket } from './socket.ts'
import type { Sockets } from './sockets.ts'

interface DevicesParts {
  readonly nodes: Pick<Nodes, 'id' | 'sent' | 'numbers' | 'tell' | 'on'>
  readonly sockets: Pick<Sockets, 'replaceOlder'>
}

/**
 * Lets the newest connection of a device replace the others, on every server. A message says of each new one what its server
 * had heard of the others by then: who had heard of a connection came after it. Where neither had heard of the other, they came
 * at the same time, and the one with the greater id stays. So both servers decide alike, and no clocks are compared.
 */
export class Devices {
  readonly #parts: DevicesParts
  /** The number of the message that told of a connection. */
  readonly #toldBy = new WeakMap<ChatSocket, number>()

  constructor(parts: DevicesParts) {
    this.#parts = parts
    parts.nodes.on('device', (told) => this.#onOther(told))
  }

  /** A socket that names its device has connected. */
  connected(socket: ChatSocket): void {
    const { nodes, sockets } = this.#parts
    const { workspace_id, user_id, device_id } = socket.data.session
    sockets.replaceOlder(workspace_id, { user_id, device_id }, (other) => other !== socket)
    // Not together with others: what is heard meanwhile would be missing.
    nodes.tell('device', { workspace_id, user_id, device_id, socket: socket.id, heard: nodes.numbers })
    this.#toldBy.set(socket, nodes.sent)
  }

  #onOther(told: NodeMessages['device']): void {
    const { nodes, sockets } = this.#parts
    const { workspace_id, user_id, device_id } = told
    const [, heard = -1] = told.heard.find(([id]) => id === nodes.id) ?? []
    sockets.replaceOlder(workspace_id, { user_id, device_id }, (own) => {
      const toldBy = this.#toldBy.get(own) ?? 0
      return toldBy <= heard || own.id < told.socket
    })
  }
}
