import { isOpen, type Topic } from '@dowellchat/protocol'
import type { TopicStore } from '../stores/store.ts'
import { isoNow } from '../time.ts'
import type { SharedChanges } from './shared-changes.ts'

interface OpeningHoursParts {
  readonly topics: Pick<TopicStore, 'list'>
  readonly changes: Pick<SharedChanges, 'on'>
}

type Timed = Topic & { readonly hours: NonNullable<Topic['hours']> }

interface Known {
  readonly topics: Promise<readonly Timed[]>
  readonly until: number
}

/** For so long what was read of topics is good, if nobody says that they have changed. */
const knownMs = 5_000

/** Which topics' people work now. Those without hours always do, and cost nothing. */
export class OpeningHours {
  readonly #topics: OpeningHoursParts['topics']
  readonly #known = new Map<string, Known>()

  constructor({ topics, changes }: OpeningHoursParts) {
    this.#topics = topics
    changes.on('topic_changed', ({ workspace_id }) => this.forget(workspace_id))
  }

  /** The topics of a workspace whose people do not work now. */
  async closed(workspaceId: string): Promise<string[]> {
    const timed = await this.#timed(workspaceId)
    const now = isoNow()
    return timed.filter(({ hours }) => !isOpen(hours, now)).map(({ name }) => name)
  }

  /** A topic of the workspace has changed. */
  forget(workspaceId: string): void {
    this.#known.delete(workspaceId)
  }

  #timed(workspaceId: string): Promise<readonly Timed[]> {
    const known = this.#known.get(workspaceId)
    if (known && performance.now() < known.until) return known.topics
    const topics = this.#topics.list(workspaceId).then((all) => all.filter(hasHours))
    topics.catch(() => this.forget(workspaceId))
    this.#known.set(workspaceId, { topics, until: performance.now() + knownMs })
    return topics
  }
}

function hasHours(topic: Topic): topic is Timed {
  return topic.hours !== null
}
