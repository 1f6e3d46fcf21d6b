import { randomUUID } from 'node:crypto'
import type { Logger } from '../logger.ts'
import type { Store } from '../stores/store.ts'
import { agentsOf } from './audience.ts'
import type { ChangeOf, SharedChanges } from './shared-changes.ts'
import type { Listeners } from './waiting-times.ts'

interface CreationsParts {
  readonly store: Pick<Store, 'topics' | 'lineManagers' | 'nodes'>
  readonly sockets: Listeners
  readonly changes: Pick<SharedChanges, 'on' | 'announce'>
  readonly logger: Logger
}

type Created = ChangeOf<'topic_created' | 'line_manager_created'>

/** Sends what one server has created to the agents and admins of the others, within a few seconds. */
export class Creations {
  readonly #parts: CreationsParts
  readonly #server = randomUUID()
  /** In the order of their creation. */
  #sending = Promise.resolve()

  constructor(parts: CreationsParts) {
    this.#parts = parts
    const { changes } = parts
    changes.on('topic_created', (change) => this.#follow(change, () => this.#sendTopic(change)))
    changes.on('line_manager_created', (change) => this.#follow(change, () => this.#sendManager(change)))
  }

  /** Resolves once the other servers will send the topic. A repeated request completes what a failure here left. */
  async ofTopic(workspace_id: string, name: string): Promise<void> {
    await this.#announce({ kind: 'topic_created', workspace_id, name, server: this.#server })
  }

  /** Resolves once the other servers will send the line manager. */
  async ofLineManager(workspace_id: string, user_id: string): Promise<void> {
    await this.#announce({ kind: 'line_manager_created', workspace_id, user_id, server: this.#server })
  }

  /** Resolves once nothing is being sent. */
  async stop(): Promise<void> {
    await this.#sending
  }

  async #announce(change: Created): Promise<void> {
    const { store, changes } = this.#parts
    if (store.nodes) await changes.announce(change)
  }

  #follow(change: Created, send: () => Promise<void>): void {
    const { sockets, logger } = this.#parts
    const { kind, workspace_id, server } = change
    // Its request has sent it on its own server.
    if (server === this.#server || !sockets.hasAny(agentsOf(workspace_id).addresses)) return
    this.#sending = this.#sending.then(send).catch((error: unknown) => {
      logger.error({ error, kind, workspace: workspace_id }, 'What another server created could not be sent')
    })
  }

  async #sendTopic({ workspace_id, name }: ChangeOf<'topic_created'>): Promise<void> {
    const { store, sockets } = this.#parts
    const data = await store.topics.get(workspace_id, name)
    if (data) sockets.push(agentsOf(workspace_id), 'topic_changed', { data })
  }

  async #sendManager({ workspace_id, user_id }: ChangeOf<'line_manager_created'>): Promise<void> {
    const { store, sockets } = this.#parts
    const managers = await store.lineManagers.list(workspace_id)
    const data = managers.find((one) => one.user_id === user_id)
    if (data) sockets.push(agentsOf(workspace_id), 'line_manager_changed', { data })
  }
}
