import { type Message, quoteOf, roomStream, threadStream } from '@dowellchat/protocol'
import type { Appended, ChangeContent, MessageDraft, Store, StreamKey } from '../stores/store.ts'
import { cidOf, draftOf, made, type PersonId, people, workspace_id } from './demo-rows.ts'

const lobby: StreamKey = { workspace_id, stream: roomStream('lobby') }

const talk: readonly (readonly [PersonId, string])[] = [
  ['ruth-adler', 'Welcome! Customers, support and I are all in this room.'],
  ['ann-keller', 'Hello! Is the **spring catalogue** out yet?'],
  ['meg-ortiz', 'Since Monday. It is on the front page of the shop.'],
  ['ben-okafor', 'I like the new bags. Do they come in green?'],
  ['meg-ortiz', 'From next week on, @Ben Okafor. Shall I put one aside for you?'],
]
const answer = ['ben-okafor', 'Yes please, the small one.'] as const
const aside: readonly (readonly [PersonId, string])[] = [
  ['sam-lindqvist', 'The catalogue has them on page 12.'],
  ['ann-keller', 'Found it, thank you!'],
]

/** Places in the talk. */
const [welcome, catalogue, offer] = [0, 2, 4]

/** A talk in the room `lobby`, with what people do with messages: a reply, a mention, reactions, a pin and a thread. */
export async function fillLobby(store: Store): Promise<void> {
  const { streams } = store
  const drafts = talk.map(([author, text], at) => withMention(draftOf(author, text, cidOf('a', at))))
  const [first] = drafts
  // Somebody has already talked here, before there was any of this.
  if (first && (await streams.head(lobby)) > 0 && !(await streams.has(lobby, first.author, first.cid))) return
  const messages = (await streams.append(lobby, drafts)).appended.map(messageOf)
  const { appended } = await streams.append(lobby, [replyTo(messages[offer])])
  const [reply] = appended.map(messageOf)
  await change(store, messages[welcome], 'ruth-adler', 0, { change: 'pinned' })
  await change(store, messages[catalogue], 'ann-keller', 1, { change: 'reacted', reaction: '🎉' })
  await change(store, messages[catalogue], 'ben-okafor', 2, { change: 'reacted', reaction: '🎉' })
  await change(store, reply, 'meg-ortiz', 3, { change: 'reacted', reaction: '👍' })
  await fillThread(store, messages[catalogue])
}

function withMention(draft: MessageDraft): MessageDraft {
  const [user_id, name] = ['ben-okafor', `@${people['ben-okafor']}`]
  const start = draft.message_data.indexOf(name)
  if (start < 0) return draft
  return { ...draft, mentions: [{ user_id, start, end: start + name.length }], mentioned: [user_id] }
}

function replyTo(message: Message | undefined): MessageDraft {
  const [author, text] = answer
  const draft = draftOf(author, text, cidOf('a', talk.length))
  if (!message) return draft
  return { ...draft, reply_to: message._id, reply_seq: message.seq, quote: quoteOf(message) }
}

async function change(
  { streams }: Store,
  message: Message | undefined,
  by: PersonId,
  at: number,
  content: ChangeContent,
): Promise<void> {
  if (!message) return
  const target = { seq: message.seq, message_id: message._id }
  await streams.change(lobby, { ...made(cidOf('e', at)), target, content, user_ids: [by] })
}

async function fillThread(store: Store, message: Message | undefined): Promise<void> {
  if (!message) return
  await store.threads.create(workspace_id, {
    _id: message._id,
    parent: lobby.stream,
    parent_seq: message.seq,
  })
  await change(store, message, 'sam-lindqvist', 4, { change: 'thread_started' })
  const drafts = aside.map(([author, text], at) => draftOf(author, text, cidOf('f', at)))
  await store.streams.append({ workspace_id, stream: threadStream(message._id) }, drafts)
}

function messageOf(appended: Appended): Message | undefined {
  return 'text' in appended ? (JSON.parse(appended.text) as Message) : undefined
}
