import { describe, expect, it } from 'vitest'
import { connect, key, open, serverUrl, unique, welcome } from './support/v2-client.ts'
import { live, type Message, notice, refused, text } from './support/v2-frames.ts'

describe('connecting', () => {
  it.each([
    ['on polling', { transports: ['polling'] }],
    ['on websocket', { transports: ['websocket'] }],
    ['on polling that upgrades', {}],
  ])(
    '[V2N1] says welcome and the bare socket id before the page hears connect, %s',
    async (_title, options) => {
      const client = open(await serverUrl(), options)

      const [, me] = await client.hears(welcome, ['me', expect.any(String)], ['connect'])

      expect(me).toEqual(['me', client.id])
    },
  )

  it('[V2N2] answers a hundred packets that the page emitted before it was connected, in their order', async () => {
    const room = unique('room')
    const client = open(await serverUrl(), { transports: ['polling'] })
    client.emit('join', { room })
    const texts = Array.from({ length: 99 }, (_, n) => `text ${n}`)
    for (const message_data of texts) client.emit('message_event', { room_id: room, message_data })

    const echoes = texts.map((data) => live(data, expect.any(String)))
    const heard = await client.hears(
      welcome,
      ['me', expect.any(String)],
      ['connect'],
      notice(text),
      ...echoes,
    )
    expect(heard.at(-1)).toEqual(live('text 98', client.id))
  })

  it('[V2N3] takes a URL with and without a slash at its end', async () => {
    const url = (await serverUrl()).replace(/\/$/, '')

    await connect(url)
    await connect(`${url}/`)
  })

  it('[V2N4] admits pages of other origins on both transports', async () => {
    const url = await serverUrl()
    const headers = { origin: 'https://page.example' }

    const response = await fetch(new URL('/socket.io/?EIO=4&transport=polling', url), { headers })

    expect(response.status).toBe(200)
    expect(response.headers.get('access-control-allow-origin')).toMatch(/^(\*|https:\/\/page\.example)$/)
    await connect(url, undefined, { transports: ['websocket'], extraHeaders: headers })
  })

  it('[V2N5] lets a dozen sockets of one tab each ask for itself', async () => {
    const url = await serverUrl()
    const clients = await Promise.all(Array.from({ length: 12 }, () => connect(url)))

    for (const client of clients) client.emit('join', { room: unique(client.id) })

    for (const client of clients) await client.hears(notice(text))
    expect(new Set(clients.map(({ id }) => id)).size).toBe(12)
  })
})

describe('a handshake', () => {
  it('[V2N9] with nothing in it is that of a page without identity', async () => {
    const url = await serverUrl()

    const [sender, receiver] = [await connect(url, {}), await connect(url)]

    const { data } = await sender.ask<Message>('message_event', {
      room_id: unique('room'),
      message_data: 'x',
    })
    expect(data).toMatchObject({ author: `guest:${sender.id}`, display_name: null })
    await receiver.hearsNothing()
  })

  it.each([
    ['a wrong key', { ...key, api_key: 'wrong', user_id: 'ada' }, 'unauthenticated'],
    ['a workspace that is not there', { ...key, workspace_id: 'nowhere', user_id: 'ada' }, 'unauthenticated'],
    ['the key of another workspace', { ...key, api_key: 'other-key', user_id: 'ada' }, 'unauthenticated'],
    ['no key where there are no guests', { workspace_id: 'other', user_id: 'ada' }, 'unauthenticated'],
    ['a protocol of the future', { ...key, user_id: 'ada', protocol: 99 }, 'unsupported_protocol'],
    ['the current protocol and no identity', { protocol: 1 }, 'unauthenticated'],
  ])('[V2N10] with %s is refused', async (_title, auth, code) => {
    const client = open(await serverUrl(), { auth })

    const error = await new Promise<Error & { data?: unknown }>((resolve) =>
      client.socket.once('connect_error', resolve),
    )

    expect(error.message).toEqual(text)
    expect(error.data).toMatchObject({ code })
    expect(await client.next(0)).toEqual([])
  })
})

describe('events that V2 does not know', () => {
  const names = ['my_event', 'constructor', '__proto__', 'toString', 'hasOwnProperty', '', 'x'.repeat(300)]
  const currentOnly = ['join_ticket', 'leave_ticket', 'get_messages', 'get_entries', 'hello', 'entries']

  it.each([...names, ...currentOnly])('[V2N6] are ignored without an acknowledgement: %j', async (name) => {
    const client = await connect(await serverUrl())

    client.emit(name)
    client.emit(name, { room: unique('room'), ticket_id: '1' })

    await client.hearsNothing()
    expect(client.socket.connected).toBe(true)
  })

  it.each([...names, ...currentOnly])('[V2N7] are answered to an acknowledgement: %j', async (name) => {
    const client = await connect(await serverUrl())

    const { operation } = await client.ask(name)
    expect(name.startsWith(operation)).toBe(true)
    expect(await client.ask(name, { data: 1 })).toEqual(refused(operation, 'unknown_event'))

    await client.hearsNothing()
    expect(client.socket.connected).toBe(true)
  })

  it('[V2N8] never close the connection, however many come', async () => {
    const client = await connect(await serverUrl())
    const room = unique('room')

    for (let n = 0; n < 500; n++) client.emit('my_event', { data: n })
    client.emit('join', { room })
    client.emit('message_event', { room_id: room, message_data: 'still here' })

    await client.hears(notice(text), live('still here', client.id))
  })
})
