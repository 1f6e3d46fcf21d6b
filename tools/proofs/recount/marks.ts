import { mentionsOf, unreadOf } from './counts.ts'
import type { DataIn } from './device.ts'
import type { Log } from './log.ts'
import type { UnansweredMark, World } from './world.ts'

type Reader = DataIn<'mark_read'>

/**
 * In which way a reader is not what the log and the answers before say.
 * @param isShown by an SDK, which takes its user's messages as read at once: a server that is killed may not have written that
 */
export function wrongReader(world: World, user: string, reader: Reader, log: Log, isShown = false): string[] {
  const { stream, nth, unread, mentions, version } = reader
  const wrong: string[] = []
  const same = (what: string, is: unknown, must: unknown): void => {
    if (is !== must)
      wrong.push(`${user} in ${stream}, read up to ${nth}: ${what} is ${is} and must be ${must}`)
  }
  same('unread', unread, unreadOf(log, user, nth))
  same('mentions', mentions, mentionsOf(log, user, nth))
  const last = world.readers.get(`${user} ${stream}`)
  if (!last) return wrong
  for (const name of ['is_muted', 'is_pinned', 'is_archived'] as const) same(name, reader[name], last[name])
  // A version shows nothing: an SDK keeps what looks the same.
  if (version < last.version && !isShown) same('the version', version, last.version)
  const isMoved = (isShown || version > last.version) && mayBe(world, user, reader, last, log)
  if (nth !== last.nth && !isMoved) same('the mark', nth, last.nth)
  return wrong
}

/**
 * Whether something that nobody was answered of can have moved the mark: one's own messages, which raise it behind the answer, no
 * further than to what was marked as unread meanwhile, and unanswered marks.
 */
function mayBe(world: World, user: string, { nth, stream }: Reader, last: Reader, log: Log): boolean {
  const isRaised = nth > last.nth
  const isOwn = isRaised && log.messages[nth - 1]?.now.author === user
  const isUpToUnread =
    isRaised &&
    log.messages.slice(nth).some(({ now }) => now.author === user) &&
    world.markings.some(
      (one) =>
        one.user === user && one.stream === stream && one.request === 'mark_unread' && one.asked === nth + 1,
    )
  const isMarked = (one: UnansweredMark): boolean =>
    one.user === user &&
    one.stream === stream &&
    one.nth === nth &&
    (isRaised || one.request === 'mark_unread')
  return isOwn || isUpToUnread || world.unansweredMarks.some(isMarked)
}

/** Whether the own messages since a time have raised the mark. */
export function ownRaise(
  user: string,
  { nth, stream }: Reader,
  log: Log,
  since: string,
  world: World,
): string[] {
  const lowered = world.markings.filter(
    (one) => one.user === user && one.stream === stream && one.request === 'mark_unread' && one.at >= since,
  )
  if (lowered.length > 0) return []
  const own = log.messages.findLast(({ now }) => now.author === user && now.created_at > since)
  if (!own || nth >= own.now.nth) return []
  return [`${user} in ${stream}: has written ${own.now.nth}, and the mark is ${nth}`]
}
