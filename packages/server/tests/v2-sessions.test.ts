import { describe, expect, it } from 'vitest'
import { connect, connectAs, key, otherKey, serverUrl, unique } from './support/v2-client.ts'
import { failure, refused, success, text, topicFields } from './support/v2-frames.ts'

describe('the session of a ticket event', () => {
  const requests: [string, string, string, Record<string, unknown>][] = [
    ['create_topic', 'setting_response', 'create_topic', { name: 'x' }],
    ['get_all_topics', 'setting_response', 'get_all_topics', {}],
    [
      'create_line_manager',
      'setting_response',
      'create_line_manager',
      { user_id: 'x', positions_in_a_line: 1, average_serving_time: 4 },
    ],
    ['get_all_line_managers', 'setting_response', 'get_all_line_managers', {}],
    ['create_ticket', 'ticket_response', 'create_ticket', { product: 'x' }],
    ['get_tickets', 'ticket_response', 'get_ticket', { product: 'x' }],
    ['close_ticket', 'ticket_response', 'close_ticket', { ticket_id: '1' }],
    ['ticket_message_event', 'error_response', 'send_message', { ticket_id: '1', message_data: 'x' }],
    ['get_ticket_messages', 'ticket_message_response', 'get_ticket_messages', { ticket_id: '1' }],
  ]
  const invalid = [
    ['a wrong key', { ...key, api_key: 'wrong' }],
    ['the key of another workspace', { ...key, api_key: otherKey.api_key }],
    ['a workspace that is not there', { ...key, workspace_id: 'nowhere' }],
    ['another workspace', { ...key, workspace_id: otherKey.workspace_id }],
  ] as const

  it.each(requests)(
    '[V2A1] %s says the same to a wrong key as to a wrong workspace',
    async (event, response, operation, fields) => {
      const client = await connect(await serverUrl())
      const said = new Set<string>()
      for (const [, session] of invalid) {
        client.emit(event, { ...fields, ...session })
        const [frame] = await client.hears([response, failure(operation)])
        said.add(JSON.stringify(frame))

        const answer = await client.ask(event, { ...fields, ...session })
        expect(answer).toEqual(refused(event, 'unauthenticated'))
      }
      expect(said.size).toBe(1)
      await client.hearsNothing()
    },
  )

  it.each(requests)(
    '[V2A2] %s without a key or workspace fails with a text',
    async (event, response, operation, fields) => {
      const client = await connect(await serverUrl())
      for (const session of [
        {},
        { ...key, workspace_id: null },
        { ...key, workspace_id: '' },
        { ...key, api_key: '' },
        { ...key, api_key: null },
        { workspace_id: 'demo' },
      ]) {
        client.emit(event, { ...fields, ...session })
        await client.hears([response, failure(operation)])
        expect(await client.ask(event, { ...fields, ...session })).toMatchObject({
          status: 'failure',
          operation: event,
          data: text,
        })
      }
      await client.hearsNothing()
    },
  )

  it('[V2A3] ends with it: the next one needs its own', async () => {
    const client = await connect(await serverUrl())
    expect(await client.ask('create_topic', { ...key, name: unique('topic') })).toMatchObject({
      status: 'success',
    })

    client.emit('get_all_topics', {})

    await client.hears(['setting_response', failure('get_all_topics')])
  })

  it('[V2A4] is the handshake’s where there is one: its key is ignored, another workspace forbidden', async () => {
    const url = await serverUrl()
    const admin = await connectAs(url, unique('admin'), { role: 'admin' })
    const name = unique('topic')

    admin.emit('create_topic', { name, api_key: 'wrong' })
    await admin.hears(['setting_response', success('create_topic', { ...topicFields, name })])

    const said = new Set<string>()
    for (const workspace_id of ['nowhere', otherKey.workspace_id]) {
      const session = { workspace_id, api_key: otherKey.api_key }
      admin.emit('get_all_topics', session)
      const [frame] = await admin.hears(['setting_response', failure('get_all_topics')])
      said.add(JSON.stringify(frame))
      expect(await admin.ask('get_all_topics', session)).toEqual(refused('get_all_topics', 'forbidden'))
    }
    expect(said.size).toBe(1)
  })

  it('[V2A5] decides what one may do: topics and line managers are made by admins, listed by anybody', async () => {
    const url = await serverUrl()
    for (const role of ['customer', 'agent', undefined]) {
      const client = await connectAs(url, unique('user'), { role })
      const manager = { user_id: unique('agent'), positions_in_a_line: 1, average_serving_time: 4 }
      client.emit('create_topic', { name: unique('topic') })
      await client.hears(['setting_response', failure('create_topic')])
      client.emit('create_line_manager', manager)
      await client.hears(['setting_response', failure('create_line_manager')])

      const topic = await client.ask('create_topic', { name: unique('topic') })
      expect(topic).toEqual(refused('create_topic', 'forbidden'))
      expect(await client.ask('create_line_manager', manager)).toEqual(
        refused('create_line_manager', 'forbidden'),
      )
      expect(await client.ask('get_all_topics', {})).toMatchObject({ status: 'success' })
      expect(await client.ask('get_all_line_managers', {})).toMatchObject({ status: 'success' })
    }
  })
})
