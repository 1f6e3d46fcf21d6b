import type { Limits } from '../limits.ts'
import type { People } from '../sockets/people.ts'
import type { Store } from '../stores/store.ts'
import type { Resolve } from './addresses.ts'
import { entriesFollower } from './entries.ts'
import type { Follower } from './follower.ts'
import { tellingTo } from './on-unread.ts'
import type { Webhook } from './options.ts'
import { type Post, posting } from './post.ts'
import { type UnreadParts, unreadFollower } from './unread.ts'
import type { OnUnread, UnreadEvent } from './unread-events.ts'

interface FollowersParts {
  readonly webhooks: readonly Webhook[]
  readonly onUnread: OnUnread | undefined
  readonly store: Store
  readonly people: Pick<People, 'connected'>
  readonly limits: Pick<Limits, 'webhookMs' | 'unreadMs'>
  readonly signal: AbortSignal
  readonly resolve?: Resolve | undefined
}

/** Each webhook follows streams for its entries, for what is unread, or for both, each by a name of its own. */
export function followersOf(parts: FollowersParts): Follower[] {
  const { webhooks, onUnread, store, people, limits, signal, resolve } = parts
  const unread: UnreadParts = { store, people, unreadMs: limits.unreadMs }
  const ofWebhooks = webhooks.flatMap((webhook) => {
    const post = posting(webhook, { timeoutMs: limits.webhookMs, signal, resolve })
    return followersOfWebhook(webhook, post, unread)
  })
  return onUnread
    ? [...ofWebhooks, unreadFollower(unread, tellingTo(onUnread, { timeoutMs: limits.webhookMs, signal }))]
    : ofWebhooks
}

function followersOfWebhook(webhook: Webhook, post: Post, unread: UnreadParts): Follower[] {
  const entries = entriesFollower(webhook, post, unread.store.streams)
  const { hasWorkspace } = entries
  const follows = (workspaceId: string, stream: string) => entries.follows(workspaceId, stream)
  const tell = (event: UnreadEvent) => post(event.id, JSON.stringify(event))
  return [
    ...(webhook.events.has('entries') ? [entries] : []),
    ...(webhook.events.has('unread')
      ? [unreadFollower(unread, { id: `${webhook.id}/unread`, hasWorkspace, follows, tell })]
      : []),
  ]
}
