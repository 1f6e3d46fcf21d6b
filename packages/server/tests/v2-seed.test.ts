import { io } from 'socket.io-client'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  connect,
  connectAs,
  key,
  runningServer,
  serverUrl,
  unique,
  V2Client,
  welcome,
} from './support/v2-client.ts'
import {
  id,
  joined,
  left,
  lineManagerFields,
  live,
  makeTicket,
  messageFields,
  notice,
  nullable,
  success,
  text,
  ticketFields,
  ticketMessageFields,
  time,
  topicFields,
  wholeLineManagerFields,
  wholeTicketFields,
  wholeTopicFields,
} from './support/v2-frames.ts'

// Every snippet of the published description, in its order, with values for its placeholders.

/** `const socket = io.connect(url)` */
async function page(url: string): Promise<V2Client> {
  const socket = io(url, { forceNew: true })
  onTestFinished(() => {
    socket.disconnect()
  })
  const client = new V2Client(socket)
  const [, me] = await client.hears(welcome, ['me', expect.any(String)], ['connect'])
  expect(me).toEqual(['me', client.id])
  return client
}

const chat = (room_id: string) => ({
  type: 'text',
  room_id,
  message_data: 'Hello, World!',
  side: 'left',
  author: 'John Doe',
  message_type: 'normal',
})

const call = (userToCall: string) => ({
  signalData: 'your_signal_data',
  from: 'caller_username',
  name: 'caller_name',
  userToCall,
})

const topic = (name: string) => ({ name, ...key, created_at: 'Date of Creation' })

const manager = (user_id: string) => ({
  user_id,
  positions_in_a_line: '1',
  average_serving_time: '4',
  ticket_count: 0,
  ...key,
  created_at: 'Date of creation',
})

const ticketMessage = (ticket_id: string, product: string) => ({
  ticket_id,
  product,
  message_data: 'Content of the message',
  user_id: 'UserID of the sender',
  reply_to: 'None',
  ...key,
  created_at: 'Date of Creation',
})

const newTicket = (product: string) => ({
  user_id: 'Public user id of the creator',
  product,
  ...key,
  created_at: 'Date of Creation',
})

const minutes = [
  'waiting_time_response',
  success('create_ticket', { waiting_time: nullable(expect.any(Number)) }),
]
const canonicalTicket = { ...wholeTicketFields, client_created_at: null, closed_at: null }

describe('the published description, without acknowledgements', () => {
  it('[V2S1] works for chat and calls', async () => {
    const url = await serverUrl()
    const [room, username] = [unique('your_room_id'), unique('callee_username')]
    const [watcher, callee] = [await page(url), await connectAs(url, username)]
    watcher.emit('join', { room })
    await watcher.hears(notice(text))
    const socket = await page(url)

    socket.emit('join', { room })
    await socket.hears(notice(text))
    await watcher.hears(joined(socket.id))

    socket.emit('leave', { room })
    await watcher.hears(left(room))
    await socket.hearsNothing()

    socket.emit('message_event', chat(room))
    await watcher.hears(live('Hello, World!', socket.id))
    await socket.hearsNothing()
    socket.emit('join', { room })
    await socket.hears(notice('Hello, World!'))
    await watcher.hears(joined(socket.id))
    socket.emit('message_event', chat(room))
    await socket.hears(live('Hello, World!', socket.id))
    await watcher.hears(live('Hello, World!', socket.id))

    const ringing = { signal: 'your_signal_data', from: socket.id, name: 'caller_name', callId: id }
    socket.emit('callUser', call(username))
    await callee.hears(['callUser', ringing])

    callee.emit('answerCall', { signal: 'callee_signal_data', to: socket.id })
    await socket.hears(['callAccepted', 'callee_signal_data'])

    socket.emit('endCall')
    await callee.hears(['callEnded'])
    await socket.hearsNothing()

    socket.emit('callUser', call(username))
    await callee.hears(['callUser', ringing])
    const disconnected = new Promise((resolve) => socket.socket.on('disconnect', resolve))
    socket.socket.disconnect()
    await disconnected
    await callee.hears(['callEnded'])
    await watcher.hearsNothing()
  })

  it('[V2S2] works for tickets', async () => {
    const url = await serverUrl()
    const name = unique('Name of Topic')
    const product = name.toLowerCase().replaceAll(' ', '_')
    const [socket, customer] = [await page(url), await page(url)]

    socket.emit('create_topic', topic(name))
    await socket.hears(['setting_response', success('create_topic', { ...topicFields, name: product })])

    socket.ignoreTicketsBut(product)
    socket.emit('get_all_topics', key)
    const topics = expect.arrayContaining([{ ...topicFields, name: product }])
    await socket.hears(['setting_response', success('get_all_topics', topics)])

    const user_id = unique('UserID of the line manager')
    const fields = { ...lineManagerFields, user_id, positions_in_a_line: 1, average_serving_time: 4 }
    socket.emit('create_line_manager', manager(user_id))
    await socket.hears(['setting_response', success('create_line_manager', fields)])

    socket.emit('get_all_line_managers', key)
    const managers = expect.arrayContaining([fields])
    await socket.hears(['setting_response', success('get_all_line_managers', managers)])

    // The description writes to a ticket before it makes one.
    const { _id: ticket_id, product: old } = await makeTicket(customer, { product: unique('old') })
    await socket.next(1)
    const message = {
      ...ticketMessageFields,
      ticket_id,
      product: old,
      message_data: 'Content of the message',
    }
    const echo = ['ticket_message_response', success('send_message', { ...message, workspace_id: 'demo' })]
    socket.emit('ticket_message_event', ticketMessage(ticket_id, old))
    await socket.hears(echo)
    await customer.hears(echo)

    socket.emit('get_ticket_messages', { ticket_id, product: old, ...key })
    await socket.hears(['ticket_message_response', success('get_ticket_messages', [message])])

    const ticket = { ...ticketFields, product, user_id: 'Public user id of the creator', line_manager: id }
    socket.emit('create_ticket', newTicket(name))
    await socket.hears(['ticket_response', success('create_ticket', ticket)], minutes, [
      'new_ticket',
      { data: ticket, status: 'success' },
    ])

    socket.emit('get_tickets', { product: name, ...key })
    await socket.hears(['ticket_response', success('get_ticket', [ticket])])

    socket.emit('close_ticket', { ticket_id, line_manager: user_id, product: old, ...key })
    // The socket's own ticket may wait for the same line manager.
    const moved = runningServer ? [] : [minutes]
    await socket.hearsInAnyOrder(['ticket_response', success('close_ticket', 'Ticket Closed')], ...moved)
    await customer.hearsNothing()
  })
})

describe('the published description, with acknowledgements', () => {
  it('[V2S3] works for chat and calls', async () => {
    const url = await serverUrl()
    const [room, username] = [unique('your_room_id'), unique('callee_username')]
    const [watcher, socket, callee] = [await page(url), await page(url), await connect(url)]
    await watcher.ask('join', { room })
    await callee.ask('join', { room: username })

    const head = { seq: 0, nth: 0, id: null }
    const empty = {
      stream: `room:${room}`,
      epoch: id,
      head,
      first_seq: expect.any(Number),
      entries: [],
      more: false,
    }
    expect(await socket.ask('join', { room })).toEqual(success('join', empty))
    await watcher.hears(joined(socket.id))

    expect(await socket.ask('leave', { room })).toEqual(success('leave', { room }))
    await watcher.hears(left(room))

    const fields = {
      ...messageFields,
      stream: `room:${room}`,
      message_data: 'Hello, World!',
      display_name: 'John Doe',
    }
    expect(await socket.ask('message_event', chat(room))).toEqual(success('message_event', fields))
    await watcher.hears(live('Hello, World!', socket.id))

    expect(await socket.ask('callUser', call(username))).toEqual(success('callUser', { callId: id }))
    const ringing = { signal: 'your_signal_data', from: socket.id, name: 'caller_name', callId: id }
    await callee.hears(['callUser', ringing])

    const answer = { signal: 'callee_signal_data', to: socket.id }
    expect(await callee.ask('answerCall', answer)).toEqual(success('answerCall', { callId: id }))
    await socket.hears(['callAccepted', 'callee_signal_data'])

    expect(await socket.ask('endCall')).toEqual(success('endCall', { callId: id, reason: 'hung_up' }))
    await callee.hears(['callEnded'])
    await socket.hearsNothing()
    await watcher.hearsNothing()
  })

  it('[V2S4] works for tickets', async () => {
    const url = await serverUrl()
    const name = unique('Name of Topic')
    const product = name.toLowerCase().replaceAll(' ', '_')
    const [socket, customer] = [await page(url), await page(url)]
    const { _id: ticket_id, product: old } = await makeTicket(customer, { product: unique('old') })
    const made = { client_created_at: null }

    const aTopic = { ...wholeTopicFields, name: product, ...made }
    expect(await socket.ask('create_topic', topic(name))).toEqual(success('create_topic', aTopic))
    socket.ignoreTicketsBut(product)
    const topics = await socket.ask('get_all_topics', key)
    expect(topics).toEqual(success('get_all_topics', expect.arrayContaining([aTopic])))

    const user_id = unique('UserID of the line manager')
    const ranked = { user_id, positions_in_a_line: 1, average_serving_time: 4 }
    const aManager = { ...wholeLineManagerFields, ...ranked }
    const answer = await socket.ask('create_line_manager', manager(user_id))
    expect(answer).toEqual(success('create_line_manager', { ...aManager, ...made }))
    const managers = expect.arrayContaining([{ ...aManager, ...made }])
    expect(await socket.ask('get_all_line_managers', key)).toEqual(success('get_all_line_managers', managers))
    await socket.hearsNothing()

    const fields = { ...messageFields, stream: `ticket:${ticket_id}`, ticket_id, product: old }
    const aMessage = { ...fields, message_data: 'Content of the message', author: 'UserID of the sender' }
    const sent = await socket.ask('ticket_message_event', ticketMessage(ticket_id, old))
    expect(sent).toEqual(success('ticket_message_event', aMessage))
    const echo = {
      ...ticketMessageFields,
      ticket_id,
      product: old,
      author: 'UserID of the sender',
      workspace_id: 'demo',
    }
    await socket.hears(['ticket_message_response', success('send_message', echo)])
    const read = await socket.ask('get_ticket_messages', { ticket_id, product: old, ...key })
    expect(read).toEqual(success('get_ticket_messages', [aMessage]))

    const aTicket = {
      ...canonicalTicket,
      product,
      user_id: 'Public user id of the creator',
      line_manager: id,
    }
    expect(await socket.ask('create_ticket', newTicket(name))).toEqual(success('create_ticket', aTicket))
    await socket.hears(['new_ticket', { data: { ...ticketFields, product }, status: 'success' }])
    const list = await socket.ask('get_tickets', { product: name, ...key })
    expect(list).toEqual(success('get_tickets', { tickets: [aTicket], more: false }))

    const closing = await socket.ask('close_ticket', {
      ticket_id,
      line_manager: user_id,
      product: old,
      ...key,
    })
    const closedTicket = {
      ...canonicalTicket,
      _id: ticket_id,
      is_closed: true,
      state: 'closed',
      answered_at: nullable(time),
      closed_at: time,
      waiting_time: null,
    }
    const ticket = { ...closedTicket, client_created_at: nullable(time) }
    expect(closing).toEqual(success('close_ticket', { ticket, closed_now: true }))
  })
})
