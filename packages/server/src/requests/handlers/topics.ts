import type { TopicRequests } from '@dowellchat/protocol'
import { agentsOf } from '../../delivery/audience.ts'
import type { Handlers } from '../handler.ts'
import { requireRow } from './access.ts'
import { notBuilt } from './not-built.ts'

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

  update_topic: notBuilt,

  async get_all_topics(_payload, { store, session }) {
    return store.topics.list(session.workspace_id)
  },
}
