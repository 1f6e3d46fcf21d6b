import { type Message as ProtocolMessage, quoteOf } from '@dowellchat/protocol'
import type { Message } from '../entities.ts'
import type { FakeFiles } from './fake-files.ts'
import { type FakeWorld, now } from './fake-world.ts'
import { fixtures } from './fixtures.ts'

type Draft = Readonly<Record<string, unknown>>

interface MessageWorld extends Pick<FakeWorld, 'streams' | 'user_id' | 'name' | 'refuse'> {
  readonly files: Pick<FakeFiles, 'taken'>
  /** Refuses what may not be written. */
  readonly expectOpen: (stream: string) => void
  /** Puts a message at the end of its stream. */
  readonly receive: (message: Message) => Message
}

/** Stores what the client sends: one message of each cid, however often it is sent. */
export function fakeStore(world: MessageWorld): (stream: string, draft: Draft) => Message {
  const { streams, files, user_id, name, refuse, expectOpen, receive } = world

  function made(stream: string, draft: Draft): Message {
    const { cid, message_data, reply_to = null, client_created_at = null, mentions, metadata } = draft
    const answered = streams.messages(stream).find(({ _id }) => _id === reply_to)
    const fields = {
      ...{ stream, cid, message_data, reply_to, client_created_at, created_at: now() },
      ...{ author: user_id, display_name: name },
      ...(answered && { quote: quoteOf(answered as ProtocolMessage) }),
      ...(mentions !== undefined && { mentions }),
      ...(metadata !== undefined && { metadata }),
      ...files.taken(cid, draft.attachments),
    }
    return fixtures.message(fields as Partial<Message>)
  }

  return (stream, draft) => {
    const known = streams.messages(stream).find(({ cid, author }) => cid === draft.cid && author === user_id)
    if (!known) {
      expectOpen(stream)
      return receive(made(stream, draft))
    }
    const isSame = known.message_data === draft.message_data || known.version !== undefined
    return isSame ? known : refuse('conflict', `cid: ${known.cid} has been used for another message`)
  }
}
