import { type ChatClient, createChatClient } from '@dowellchat/client'
import { nameOf, partsOf } from '../../lib/address.ts'
import { chatUrl } from '../../settings.ts'
import { authOf } from './auth.ts'
import { guestStorageOf } from './guest-storage.ts'
import { type Person, storedPerson } from './person.ts'

/** Unsent messages outlive a reload of the page. */
const outbox = { keep: true }

/** Scrolling loads what was let go of again. */
const keptMessages = { atEnd: 200, scrolledUp: 1_000 }

interface Early {
  readonly person: Person
  readonly client: ChatClient
  readonly letGo: readonly (() => void)[]
}

let early: Early | undefined

/** Connects whoever has entered before, and joins the room of the address, while the page itself is still being loaded. */
export function connectEarly(): void {
  const person = storedPerson.get()
  if (!person) return
  const client = createClient(person)
  const room = nameOf(partsOf(location.hash, '#/chat')[0])
  const rooms = room === null ? [] : [client.rooms.messages(room).retain()]
  early = { person, client, letGo: [client.connect(), ...rooms] }
}

/** The client that is connected already, if it is this person's, or a new one. */
export function clientOf(person: Person): ChatClient {
  return early?.person === person ? early.client : createClient(person)
}

/** What is shown keeps itself from now on. */
export function letGoOfEarly(): void {
  for (const letGo of early?.letGo ?? []) letGo()
  early = undefined
}

function createClient(person: Person): ChatClient {
  const storage = guestStorageOf(person)
  return createChatClient({
    url: chatUrl,
    auth: authOf(person),
    outbox,
    keptMessages,
    ...(storage && { storage }),
  })
}
