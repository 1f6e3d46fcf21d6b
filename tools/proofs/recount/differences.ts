import type { FragileServer } from '../chaos/server-storm.ts'
import { pinnedOf, threadOf } from './counts.ts'
import { type Person, tagOf } from './device.ts'
import type { Log } from './log.ts'
import { ownRaise, wrongReader } from './marks.ts'
import { Newcomer, readLog } from './read-log.ts'
import { allPages, type ListedIn } from './reading.ts'
import { people } from './scene.ts'
import type { Place, World } from './world.ts'

/** The logs of all conversations, each read by somebody who may. */
export async function readLogs(world: World, url: string): Promise<ReadonlyMap<string, Log>> {
  const readers = new Map<string, Newcomer>()
  for (const person of people) readers.set(person.user, await Newcomer.come(url, person))
  const logs = new Map<string, Log>()
  for (const { stream, people: own } of world.all) {
    const reader = readers.get(own[0] ?? '')
    if (reader) logs.set(stream, await readLog(reader, stream))
  }
  for (const reader of readers.values()) reader.leave()
  return logs
}

/** Asks one server, as each person, for everything that is counted. @param since from when on nothing was killed */
export async function wrongAnswers(
  world: World,
  node: FragileServer,
  logs: ReadonlyMap<string, Log>,
  since: string,
): Promise<{ wrong: string[]; compared: number }> {
  const answers = await Promise.all(people.map((person) => wrongTo(world, person, node.url, logs, since)))
  return {
    wrong: answers.flatMap(({ wrong }) => wrong),
    compared: answers.reduce((sum, { compared }) => sum + compared, 0),
  }
}

async function wrongTo(
  world: World,
  person: Person,
  url: string,
  logs: ReadonlyMap<string, Log>,
  since: string,
): Promise<{ wrong: string[]; compared: number }> {
  const wrong: string[] = []
  let compared = 0
  const { user } = person
  const asker = await Newcomer.come(url, person)
  const listed = await wholeList(asker)
  for (const place of world.all) {
    const log = logs.get(place.stream)
    // A thread that nobody has written to has no log yet, and nobody reads it.
    const isUnread = place.kind === 'thread' && log?.entries.length === 0
    if (!log || isUnread || !place.people.includes(user)) continue
    const reader = await asker.request('mark_read', { stream: place.stream, nth: 0 })
    wrong.push(...wrongReader(world, user, reader, log), ...ownRaise(user, reader, log, since, world))
    // These are the same to everybody.
    if (place.people[0] === user) wrong.push(...(await wrongPlace(asker, place, logs, log)))
    if (place.room !== null) wrong.push(...wrongListed(person, place, log, listed, reader))
    compared += 1
  }
  wrong.push(...(await wrongSum(asker, person, listed)), ...(await wrongFacts(world, asker, person)))
  asker.leave()
  return { wrong, compared }
}

async function wholeList(asker: Newcomer): Promise<ListedIn[]> {
  const lists = [false, true].map((is_archived) =>
    allPages<ListedIn>(async (last) => {
      const before = last ? { before: last._id } : {}
      const { rooms, more } = await asker.request('get_rooms', { is_archived, limit: 2, ...before })
      return { items: rooms, more }
    }),
  )
  return (await Promise.all(lists)).flat()
}

/** In the list a room is what the log and the reader say. */
export function wrongListed(
  { user }: Person,
  { room, stream }: Place,
  { entries, messages }: Log,
  list: readonly ListedIn[],
  reader: ListedIn['reader'],
): string[] {
  const found = list.filter(({ _id }) => _id === room)
  const [one] = found
  if (!one || found.length > 1) return [`${user}: ${stream} is ${found.length} times in the list`]
  const must = {
    head: entries.at(-1)?.seq ?? 0,
    last: messages.at(-1)?.now ?? null,
    reader,
  }
  const is = { head: one.head.seq, last: one.last, reader: one.reader }
  return sameText(is) === sameText(must)
    ? []
    : [`${user}: in the list ${sameText(is)}, must be ${sameText(must)}`]
}

function sameText(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  )
}

async function wrongSum(asker: Newcomer, { user }: Person, listed: readonly ListedIn[]): Promise<string[]> {
  const readers = listed
    .map(({ reader }) => reader)
    .filter(({ is_muted, is_archived }) => !is_muted && !is_archived)
  const must = {
    unread: readers.reduce((sum, { unread }) => sum + unread, 0),
    mentions: readers.reduce((sum, { mentions }) => sum + mentions, 0),
    rooms: readers.filter(({ unread }) => unread > 0).length,
    more: false,
  }
  const is = await asker.request('get_unread', {})
  return sameText(is) === sameText(must)
    ? []
    : [`${user}: get_unread is ${sameText(is)}, must be ${sameText(must)}`]
}

/** Pins, threads and reactions of a conversation. */
async function wrongPlace(
  asker: Newcomer,
  { stream, threads }: Place,
  logs: ReadonlyMap<string, Log>,
  log: Log,
): Promise<string[]> {
  const wrong: string[] = []
  const { messages } = await asker.request('get_pinned_messages', { stream })
  const pinned = messages.map(({ _id }) => _id).join()
  if (pinned !== pinnedOf(log).join()) wrong.push(`${stream}: pinned are ${pinned}, must be ${pinnedOf(log)}`)
  if (threads.length > 0) wrong.push(...(await wrongThreads(asker, stream, threads, logs)))
  const reacted = log.messages.filter(({ reactions }) => reactions.size > 0).slice(-3)
  for (const { now, reactions } of reacted)
    for (const [reaction, users] of reactions) {
      if (now.kind === 'removed') continue
      const target = { stream, seq: now.seq, message_id: now._id, reaction }
      const { user_ids } = await asker.request('get_reactions', target)
      const must = [...users].sort().join()
      if (user_ids.join() !== must)
        wrong.push(`${stream} ${now.seq}: ${reaction} of ${user_ids}, must be ${must}`)
    }
  return wrong
}

async function wrongThreads(
  asker: Newcomer,
  stream: string,
  threads: readonly Place[],
  logs: ReadonlyMap<string, Log>,
): Promise<string[]> {
  const ids = threads.map(({ stream: name }) => name.slice('thread:'.length))
  const answer = await asker.request('get_threads', { stream, threads: ids })
  return ids.flatMap((id) => {
    const log = logs.get(`thread:${id}`)
    const thread = answer.threads.find(({ _id }) => _id === id)
    if (!log || !thread) return [`${stream}: the thread ${id} is missing`]
    const { count, last_at, last_authors } = thread
    const [is, must] = [sameText({ count, last_at, last_authors }), sameText(threadOf(log))]
    return is === must ? [] : [`thread:${id} is ${is}, must be ${must}`]
  })
}

/** What one device alone has decided is as it was answered last. */
async function wrongFacts(world: World, asker: Newcomer, { user, role }: Person): Promise<string[]> {
  const wrong: string[] = []
  const same = (name: string, is: unknown): void => {
    const must = world.facts.get(name)
    if (must !== undefined && sameText(is) !== sameText(must))
      wrong.push(`${name} is ${sameText(is)}, must be ${sameText(must)}`)
  }
  const [own] = (await asker.request('get_presence', { user_ids: [user] })).presences
  same(`presence of ${user}`, { availability: own?.availability, status_text: own?.status_text })
  same(`preferences of ${user}`, await asker.request('get_preferences', {}))
  const { blocked_users } = await asker.request('get_blocked_users', { limit: 100 })
  const blocked = new Set(blocked_users.map(({ user_id }) => user_id))
  for (const [name] of world.facts) {
    const prefix = `block ${user} `
    if (name.startsWith(prefix)) same(name, blocked.has(name.slice(prefix.length)))
  }
  for (const { stream, room, owner } of world.places) {
    if (owner !== user || room === null) continue
    const { title, metadata, slow_mode_ms } = (await asker.request('get_room', { room })).room
    same(`room ${stream}`, { title, metadata, slow_mode_ms: slow_mode_ms ?? 0 })
  }
  return role === 'admin' ? [...wrong, ...(await wrongReports(world, asker))] : wrong
}

/** Each report that was accepted is there once, as it was resolved. */
async function wrongReports(world: World, asker: Newcomer): Promise<string[]> {
  type Listed = Awaited<ReturnType<typeof load>>['items'][number]
  const load = async (last?: { readonly _id: string }) => {
    const before = last ? { before: last._id } : {}
    const { reports, more } = await asker.request('get_reports', { limit: 20, ...before })
    return { items: reports, more }
  }
  const all = (await allPages<Listed>(load)).filter(({ reason }) => reason.includes(tagOf(world.seed)))
  const wrong = world.reports.flatMap(({ user, reason, id, resolution }) => {
    const found = all.filter((one) => one.reason === reason && one.reported_by === user)
    const isRight =
      found.length === (id === null ? 0 : 1) && (id === null || found[0]?.resolution === resolution)
    return isRight
      ? []
      : [`${user}'s report "${reason}" is ${found.length} times there: ${found[0]?.resolution}`]
  })
  return all.length === world.reports.filter(({ id }) => id !== null).length
    ? wrong
    : [...wrong, `There are ${all.length} reports`]
}
