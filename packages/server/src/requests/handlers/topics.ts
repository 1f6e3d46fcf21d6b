import type { TopicRequests } from '@dowellchat/protocol'
import type { Handlers } from '../handler.ts'
import { requireRow } from './access.ts'

export const topicHandlers: Handlers<TopicRequests> = {
  async create_topic({ name, cid, client_created_at = null }, context) {
    const { workspace_id, user_id } = context.session
    const { fingerprint } = context
    const topic = { workspace_id, user_id, name, cid, fingerprint, client_created_at }
    return requireRow(await context.store.topics.create(topic), cid, `Topic ${name}`).row
  },

  async get_all_topics(_payload, { store, session }) {
    return store.topics.list(session.workspace_id)
  },
}
