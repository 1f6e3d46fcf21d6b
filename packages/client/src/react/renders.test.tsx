import { folderAttachments } from '@dowellchat/server'
import { expect, it } from 'vitest'
import type { ChatClient } from '../client.ts'
import type { Message } from '../entities.ts'
import { openChat } from '../testing/chat.ts'
import { newFolder } from '../testing/kept-files.ts'
import { uuid } from '../uuid.ts'
import { skip } from './skip.ts'
import { hooksOf, useEveryAction } from './testing/every-hook.tsx'
import { mountHook } from './testing/mount.tsx'

const offer = { type: 'offer', sdp: 'v=0' }

/** A customer's page with one component per hook, and an agent who causes the events. */
async function openPage() {
  const { server, client } = await openChat({
    attachments: folderAttachments({ folder: await newFolder() }),
    workspaces: [{ id: 'demo', keys: ['demo-key'], customersMeet: 'anybody', search: true }],
  })
  const admin = client('admin', { role: 'admin' })
  admin.connect()
  await expect.poll(() => admin.connection.getSnapshot().status).toBe('online')
  await admin.topics.create({ name: 'billing' })
  await admin.lineManagers.create({
    user_id: 'admin',
    positions_in_a_line: 1,
    average_serving_time: 5,
    is_unmanaged: true,
  })
  const ann = client('ann')
  ann.connect()
  await expect.poll(() => ann.connection.getSnapshot().status).toBe('online')
  const mine = await ann.tickets.create({ product: 'billing' })
  const another = await ann.tickets.create({ product: 'billing' })
  const { _id: room } = await ann.rooms.create({ kind: 'members', members: ['ben'] })
  const attachments = [await ann.attachments.upload(new File(['bytes'], 'a.png', { type: 'text/plain' }))]
  const first = await ann.rooms.messages('lobby').send('First', { attachments })
  const { stream, seq, _id: message_id } = first
  await ann.request.start_thread({ stream, seq, message_id, cid: uuid() })
  const message = { ...first, has_thread: true }
  // It comes to the list a moment later.
  const listed = async () => (await ann.request.get_rooms({})).rooms.map(({ _id }) => _id)
  await expect.poll(listed, { timeout: 30_000, interval: 200 }).toContain('lobby')
  return {
    ...{ server, admin, ann, mine, another, room, message },
    hooks: mountAll(ann, mine._id, room, message),
  }
}

type Probes = ReturnType<typeof hooksOf> & { readonly useEveryAction: typeof useEveryAction }
type Mounted = { readonly [Name in keyof Probes]: ReturnType<typeof mountHook<ReturnType<Probes[Name]>>> }

function mountAll(ann: ChatClient, ticket: string, members: string, message: Message): Mounted {
  const probes: Probes = {
    ...hooksOf({ room: 'lobby', members, ticket, notes: skip, user: 'admin', message }),
    useEveryAction,
  }
  const mounted = Object.entries(probes).map(([name, useOne]) => [name, mountHook<unknown>(ann, useOne)])
  return Object.fromEntries(mounted) as Mounted
}

type HookName = keyof Mounted

type Budget = Partial<Record<HookName, number>>

/** What messages do to lists, and tickets to lines, is told up to a second later: during any event that follows. */
const ofLists: Budget = { useRooms: 2, useUnread: 2, useQueue: 2 }

/** How often each event may render each hook; hooks that are not named must not render. */
const budgets = {
  'mounting, until live': {
    useConnection: 1,
    useSession: 1,
    useRoom: 3,
    useMessages: 3,
    useRooms: 3,
    useUnread: 3,
    useReceipts: 3,
    useTyping: 1,
    usePresence: 3,
    useRoomPresence: 3,
    useOwnPresence: 3,
    useRoomMembers: 3,
    useEveryAction: 1,
    useSendMessage: 1,
    useSyncStatus: 1,
    useReports: 3,
    useTopics: 3,
    useLineManagers: 3,
    useTickets: 3,
    useTicket: 3,
    useTicketMessages: 3,
    useLine: 5,
    useQueue: 3,
    useCountdown: 1,
    useNotes: 1,
    useCannedAnswers: 4,
    useThread: 3,
    useThreadInfo: 2,
    usePinnedMessages: 3,
    useAttachments: 2,
    useAttachmentUrl: 3,
    useSearch: 3,
    useTopic: 3,
    useLineManager: 3,
    useUser: 3,
    useUsers: 4,
    useCall: 1,
    useIncomingCall: 1,
    useLocalMedia: 1,
    useCallHistory: 3,
    useCallQuality: 1,
    useScreenShare: 1,
    useMediaDevices: 2,
    useMicrophoneLevel: 1,
    useRingTone: 1,
    useStream: 1,
  },
  'a message of somebody else in the room': { useMessages: 1, useRooms: 1, useUnread: 1 },
  'somebody comes into the room': { useRoomPresence: 1 },
  'somebody writes in the room': { useTyping: 1 },
  'and sends it': { useTyping: 1, useMessages: 1, useRooms: 1, useUnread: 1 },
  'somebody writes a message bit by bit': { useMessages: 1 },
  'and takes it back': { useMessages: 1 },
  'somebody is away': { usePresence: 1 },
  'somebody leaves the room': { useRoomPresence: 1 },
  'a reaction of somebody else': { useMessages: 1 },
  'a message is pinned': { useMessages: 1, usePinnedMessages: 1 },
  'a message in the thread': { useThread: 1, useThreadInfo: 1 },
  'a message of one’s own': { useMessages: 2, useRooms: 1, useUnread: 1, useSyncStatus: 2 },
  'a file is chosen': { useAttachments: 5 },
  'a message in another room': {},
  // It is the first answer, so the ticket is open.
  'a message in the ticket': { useTicketMessages: 1, useTickets: 1, useTicket: 1, useLine: 1 },
  'another ticket is closed': { useTickets: 1, useLine: 1 },
  'the ticket is closed': { useTickets: 1, useTicket: 1, useTicketMessages: 1, useLine: 1 },
  'a user changes their name': { useUser: 1, useUsers: 1 },
  'the room gets a title': { useRoom: 1, useRooms: 1 },
  'a member is added': { useRoom: 1, useRooms: 1, useRoomMembers: 1 },
  'a member is muted': { useRoom: 1, useRooms: 1, useRoomMembers: 1 },
  'a message is reported': {},
  'somebody calls': { useIncomingCall: 1 },
  // What is in the history is loaded again a moment later.
  'and gives up': { useIncomingCall: 1, useCallHistory: 2 },
  'the server stops': {
    useCallHistory: 3,
    useConnection: 1,
    useRoom: 1,
    useMessages: 1,
    useRooms: 1,
    useUnread: 1,
    useReceipts: 1,
    usePresence: 1,
    useRoomPresence: 1,
    useOwnPresence: 1,
    useRoomMembers: 1,
    useReports: 1,
    useTopics: 1,
    useLineManagers: 1,
    useTickets: 1,
    useTicket: 1,
    useTicketMessages: 1,
    useLine: 3,
    useQueue: 1,
    useCannedAnswers: 1,
    useThread: 1,
    usePinnedMessages: 1,
    useAttachmentUrl: 1,
    useSearch: 1,
    useTopic: 1,
    useLineManager: 1,
    useUser: 1,
    useUsers: 1,
  },
} satisfies Readonly<Record<string, Budget>>
type EventName = keyof typeof budgets

it('renders no hook more often than its budget', async () => {
  const { server, admin, ann, mine, another, room, message, hooks } = await openPage()
  const names = Object.keys(hooks) as HookName[]
  const table: Partial<Record<EventName, Budget>> = {}
  let before = Object.fromEntries(names.map((name) => [name, 0]))

  /** Counts what was rendered since the last event. */
  function note(event: EventName): void {
    const counts = names.map((name) => [name, hooks[name].renders - (before[name] ?? 0)] as const)
    table[event] = Object.fromEntries(counts.filter(([, count]) => count > 0))
    before = Object.fromEntries(names.map((name) => [name, hooks[name].renders]))
  }
  const messages = () => hooks.useMessages.answer?.messages.map(({ delivery }) => delivery)

  const isLive = (name: HookName): boolean => {
    const { answer } = hooks[name]
    if (answer === undefined || answer === null || !('sync' in answer)) return answer !== undefined
    return answer.sync === 'live' || answer.status === 'skipped'
  }
  await expect.poll(() => names.filter((name) => !isLive(name))).toEqual([])
  // It has no `sync`, and loads code of its own.
  await expect.poll(() => hooks.useMediaDevices.renders).toBe(2)
  note('mounting, until live')

  const sentMessages = () => messages()?.filter((delivery) => delivery === 'sent').length ?? 0
  const shown = sentMessages()
  await admin.rooms.messages('lobby').send('Hello')
  await expect.poll(sentMessages).toBe(shown + 1)
  note('a message of somebody else in the room')

  const stopShowing = admin.rooms.messages('lobby').retain()
  const typing = admin.presence.typing('lobby')
  await expect.poll(() => admin.rooms.messages('lobby').getSnapshot().sync).toBe('live')
  await expect.poll(() => hooks.useRoomPresence.answer?.count).toBe(2)
  note('somebody comes into the room')

  typing.keystroke()
  await expect.poll(() => hooks.useTyping.answer?.typing.length).toBe(1)
  note('somebody writes in the room')

  await admin.rooms.messages('lobby').send('Written')
  await expect.poll(sentMessages).toBe(shown + 2)
  note('and sends it')

  const draft = { stream: 'room:lobby', cid: uuid() }
  await admin.request.draft_message({ ...draft, from: 0, text: 'Well' })
  await expect.poll(() => messages()?.includes('draft')).toBe(true)
  note('somebody writes a message bit by bit')
  await admin.request.end_draft(draft)
  await expect.poll(() => messages()?.includes('draft')).toBe(false)
  note('and takes it back')

  await admin.presence.set({ availability: 'away' })
  await expect.poll(() => hooks.usePresence.answer?.presences.get('admin')?.availability).toBe('away')
  note('somebody is away')
  stopShowing()
  await expect.poll(() => hooks.useRoomPresence.answer?.count).toBe(1)
  note('somebody leaves the room')

  const { stream, seq, _id: message_id } = message
  const target = { stream, seq, message_id }
  await admin.request.react({ ...target, reaction: '👍', cid: uuid() })
  await expect.poll(() => hooks.useMessages.answer?.messages[0]?.reactions.length).toBe(1)
  note('a reaction of somebody else')

  await admin.request.pin_message({ ...target, cid: uuid() })
  await expect.poll(() => hooks.usePinnedMessages.answer?.pinned?.length).toBe(1)
  note('a message is pinned')

  await admin.threads.messages(message_id).send('A reply')
  await expect.poll(() => hooks.useThread.answer?.messages.length).toBe(1)
  await expect.poll(() => hooks.useThreadInfo.answer?.count).toBe(1)
  note('a message in the thread')

  await hooks.useSendMessage.answer?.send('Hi')
  await expect.poll(sentMessages).toBe(shown + 3)
  // The answer and the entry are two frames.
  await ann.request.get_all_topics({})
  note('a message of one’s own')

  hooks.useAttachments.answer?.add([new File(['more'], 'b.txt', { type: 'text/plain' })])
  await expect.poll(() => hooks.useAttachments.answer?.attachments[0]?.status).toBe('ready')
  note('a file is chosen')

  await admin.rooms.messages('elsewhere').send('Psst')
  await ann.request.get_all_topics({})
  note('a message in another room')

  await admin.tickets.messages(mine._id).send('What is it?')
  await expect.poll(() => hooks.useTicketMessages.answer?.messages.length).toBe(1)
  note('a message in the ticket')

  await admin.tickets.close(another._id)
  await expect.poll(() => hooks.useTickets.answer?.tickets.filter((one) => one.is_closed).length).toBe(1)
  note('another ticket is closed')

  await admin.tickets.close(mine._id)
  await expect.poll(() => hooks.useTicket.answer?.ticket?.is_closed).toBe(true)
  await expect.poll(() => hooks.useTicketMessages.answer?.messages.length).toBe(2)
  note('the ticket is closed')

  await admin.users.updateMe({ name: 'Ada' })
  await expect.poll(() => hooks.useUser.answer?.user?.name).toBe('Ada')
  note('a user changes their name')

  await admin.rooms.update(room, { title: 'Design' })
  await expect.poll(() => hooks.useRoom.answer?.room?.title).toBe('Design')
  await ann.request.get_all_topics({})
  note('the room gets a title')

  await admin.rooms.addMembers(room, ['cat'])
  await expect.poll(() => hooks.useRoomMembers.answer?.members.length).toBe(3)
  await ann.request.get_all_topics({})
  note('a member is added')

  await admin.rooms.mute(room, 'cat', 60_000)
  const isMuted = () => hooks.useRoomMembers.answer?.members.some(({ muted_until }) => muted_until !== null)
  await expect.poll(isMuted).toBe(true)
  await ann.request.get_all_topics({})
  note('a member is muted')

  await admin.request.report({ user_id: 'ann', reason: 'Spam', cid: uuid() })
  await ann.request.get_all_topics({})
  note('a message is reported')

  const { callId } = await admin.request.callUser({ userToCall: 'ann', signalData: offer, cid: uuid() })
  await expect.poll(() => hooks.useIncomingCall.answer?.call?.callId).toBe(callId)
  note('somebody calls')

  await admin.request.endCall({ callId })
  await expect.poll(() => hooks.useIncomingCall.answer?.call).toBe(null)
  note('and gives up')

  await server.close()
  await expect.poll(() => hooks.useConnection.answer?.status).toBe('offline')
  note('the server stops')

  console.table(table)
  const events = Object.keys(budgets) as EventName[]
  const unnoted = events.filter((event) => !table[event])
  expect(unnoted.join(', '), 'events of `budgets` that this test does not bring about').toBe('')
  expect(Object.keys(table)).toEqual(events)
  const budgetOf = (event: EventName, name: HookName): number =>
    Math.max((budgets[event] as Budget)[name] ?? 0, ofLists[name] ?? 0)
  const over = events.flatMap((event) =>
    names
      .filter((name) => (table[event]?.[name] ?? 0) > budgetOf(event, name))
      .map((name) => `${name}: ${table[event]?.[name]}, not ${budgetOf(event, name)}, at '${event}'`),
  )
  expect(over.join('\n'), 'hooks that render more often than `budgets` in renders.test.tsx allows').toBe('')
})
