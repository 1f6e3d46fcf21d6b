import type { Message, MessageRow } from '../../../packages/client/src/index.ts'
import { pinnedOf } from './counts.ts'
import type { Device } from './device.ts'
import { type Log, reactionsText } from './log.ts'
import { wrongReader } from './marks.ts'
import { streamOf } from './saying.ts'
import type { World } from './world.ts'

/** All that a reader sees of a message, as a text. */
export function seen(message: Message | MessageRow['message']): string {
  const {
    seq,
    nth,
    kind,
    message_data,
    reactions = [],
    mentions = [],
    edited_at,
    pinned_at,
    has_thread,
  } = message
  const { quote } = message
  return [
    `${seq} ${nth} ${kind} "${message_data}"`,
    `${mentions.length} mentions`,
    reactionsText(reactions),
    edited_at ? 'edited' : '',
    pinned_at ? 'pinned' : '',
    has_thread ? 'with a thread' : '',
    quote ? `to ${quote.seq} "${quote.message_data}"` : '',
  ].join('|')
}

/** In which way rows are not the last messages of the log. */
export function wrongRows(who: string, rows: readonly MessageRow[], hasOlder: boolean, log: Log): string[] {
  const all = log.messages.map(({ now }) => now)
  const must = hasOlder ? all.slice(-rows.length) : all
  if (rows.length !== must.length)
    return [`${who} shows ${rows.length} messages of ${must.length} in ${log.stream}`]
  const places = (some: readonly { readonly nth: number | null }[]): string =>
    `${some.slice(0, 5).map(({ nth }) => nth)} … ${some.slice(-3).map(({ nth }) => nth)}`
  const [shown, due] = [places(rows.map(({ message }) => message)), places(must)]
  if (shown !== due) return [`${who} shows ${rows.length} messages ${shown} of ${log.stream}, must be ${due}`]
  return rows.flatMap(({ message, delivery, ...row }, at) => {
    const status = 'status' in row && row.status === 'changing' ? 'changing' : delivery
    const [is, right] = [seen(message), seen(must[at] as Message)]
    return is === right && status === 'sent' ? [] : [`${who} shows ${status} ${is}, must be ${right}`]
  })
}

/** Loads the lists of those who show them again: what they level by themselves takes them some seconds. */
export async function reloadLists(devices: readonly Device[], perPerson: number): Promise<void> {
  const shown = devices.filter((_, at) => at % perPerson <= 1)
  const lists = shown.flatMap(({ client }) =>
    [false, true].map((isArchived) => client.rooms.list({ isArchived })),
  )
  await Promise.all(lists.map((list) => list.reload()))
}

/** What the SDK of a device shows that is not so. @param nth which one of its person's devices it is */
export function wronglyShown(
  world: World,
  device: Device,
  nth: number,
  logs: ReadonlyMap<string, Log>,
): string[] {
  if (nth > 1) return []
  const wrong = wrongSdkList(world, device, logs)
  if (!device.isFirst) return wrong
  for (const place of world.places) {
    const log = logs.get(place.stream)
    if (!log || !place.people.includes(device.user)) continue
    const { messages, hasOlder, sync } = streamOf(device, place).getSnapshot()
    if (sync !== 'live') wrong.push(`${device.name} is ${sync} in ${place.stream}`)
    wrong.push(...wrongRows(device.name, messages, hasOlder, log).slice(0, 3))
    if (place.room === null) continue
    const { data } = device.client.rooms.pinned(place.room).getSnapshot()
    const pinned = (data ?? []).map(({ _id }) => _id).join()
    if (pinned !== pinnedOf(log).join())
      wrong.push(`${device.name} shows as pinned ${pinned} in ${place.stream}, must be ${pinnedOf(log)}`)
  }
  return wrong
}

function wrongSdkList(
  world: World,
  { client, name, user }: Device,
  logs: ReadonlyMap<string, Log>,
): string[] {
  const [main, archive] = [false, true].map((isArchived) => client.rooms.list({ isArchived }).getSnapshot())
  const items = [...(main?.items ?? []), ...(archive?.items ?? [])]
  const own = world.places.filter(({ room, people }) => room !== null && people.includes(user))
  const wrong: string[] = []
  for (const { room, stream } of own) {
    const log = logs.get(stream)
    const found = items.filter(({ _id }) => _id === room)
    const [one] = found
    if (!log) continue
    if (!one || found.length > 1) {
      wrong.push(`${name} shows ${stream} ${found.length} times in the list`)
      continue
    }
    wrong.push(...wrongReader(world, user, one.reader, log, true).map((text) => `${name} shows: ${text}`))
    const [is, must] = [one.head.seq, log.entries.at(-1)?.seq ?? 0]
    if (is !== must) wrong.push(`${name} shows the end ${is} of ${stream}, must be ${must}`)
    const last = log.messages.at(-1)?.now
    if ((one.last && seen(one.last)) !== (last ? seen(last) : null))
      wrong.push(
        `${name} shows as last of ${stream} ${one.last && seen(one.last)}, must be ${last && seen(last)}`,
      )
  }
  const heard = (main?.items ?? []).filter(({ reader }) => !reader.is_muted)
  const must = heard.reduce((sum, { reader }) => sum + reader.unread, 0)
  const { unread } = client.rooms.unread().getSnapshot()
  if (unread !== must) wrong.push(`${name} shows ${unread} unread, must be ${must}`)
  return wrong
}
