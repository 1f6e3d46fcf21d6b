import type { Nodes } from '../nodes/nodes.ts'
import { type StreamKey, streamId } from '../stores/store.ts'

/**
 * Lets the nodes on one store know that a stream has grown. A hint may be lost, repeated or late: it only makes a node
 * read the log.
 */
export interface Hints {
  announce(key: StreamKey, head: number): void
  /** Calls the listener for every hint of another node. */
  listen(listener: (key: StreamKey, head: number) => void): void
}

/** For what opens a store without a server. */
export const noHints: Hints = { announce() {}, listen() {} }

/** Hints over the bus; those of one turn of the event loop travel together. */
export function hintsOver(nodes: Pick<Nodes, 'tell' | 'on' | 'hasBus'>): Hints {
  const waiting = new Map<string, [string, string, number]>()

  function send(): void {
    nodes.tell('heads', { heads: [...waiting.values()] })
    waiting.clear()
  }

  return {
    announce(key, head) {
      if (!nodes.hasBus) return
      if (waiting.size === 0) setImmediate(send)
      // Heads of a stream only rise.
      waiting.set(streamId(key), [key.workspace_id, key.stream, head])
    },
    listen(listener) {
      nodes.on('heads', ({ heads }) => {
        for (const [workspace_id, stream, head] of heads) listener({ workspace_id, stream }, head)
      })
    },
  }
}

/** Hints that also tell a listener of what this node has appended. */
export function followedHints(hints: Hints, onAppended: (key: StreamKey, head: number) => void): Hints {
  return {
    announce(key, head) {
      onAppended(key, head)
      hints.announce(key, head)
    },
    listen: (listener) => hints.listen(listener),
  }
}

/** Hints that also tell a listener of every stream that goes on, here or on another node. */
export function watchedHints(hints: Hints, onGrown: (key: StreamKey) => void): Hints {
  return {
    announce(key, head) {
      onGrown(key)
      hints.announce(key, head)
    },
    listen(listener) {
      hints.listen((key, head) => {
        onGrown(key)
        listener(key, head)
      })
    },
  }
}
