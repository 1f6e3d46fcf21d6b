import type { TopicRequests } from '@dowellchat/protocol'
import { agentsOf } from '../../delivery/audience.ts'
import type { Handlers } from '../handler.ts'
import { requireRow } from './access.ts'
import { topicNotFound } from './moving.ts'

export function topicLimit(most: number): string {
  return `The workspace has ${most} topics, which is the most it may have`
}

export const topicHandlers: Handlers<TopicRequests> = {
  async create_topic({ name, cid, client_created_at = null }, context) {
    const { workspace_id, user_id } = context.session
    const { fingerprint, limits } = context
    const most = limits.workspaceTopics
    const topic = { workspace_id, user_id, name, cid, fingerprint, client_created_at, most }
    const creation = await context.store.topics.create(topic)
    const { row, created } = requireRow(creation, cid, `Topic ${name}`, topicLimit(most))
    if (created) context.notify(agentsOf(workspace_id), 'topic_changed', { data: row })
    else context.resend('topic_changed', { data: row })
    return row
  },

  async update_topic({ name, title, strategy, hours, away_text, targets }, context) {
    const { workspace_id } = context.session
    const topic = await context.store.topics.update(workspace_id, name, {
      ...(title !== undefined && { title }),
      ...(strategy !== undefined && { strategy }),
      ...(hours !== undefined && { hours }),
      ...(away_text !== undefined && { away_text }),
      ...(targets !== undefined && { targets }),
    })
    if (!topic) throw topicNotFound(name)
    context.openingHours.forget(workspace_id)
    context.notify(agentsOf(workspace_id), 'topic_changed', { data: topic })
    // Its people may work now.
    if (hours !== undefined) await context.lines.assign(workspace_id, context.notify)
    return topic
  },

  async get_all_topics(_payload, { store, session }) {
    return store.topics.list(session.workspace_id)
  },
}
