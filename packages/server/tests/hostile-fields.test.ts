import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { openScene } from './support/hostile-scene.ts'
import { operators, requestNames, schemaOf, validPayload } from './support/wrong-payloads.ts'

describe('fields that a request does not know', () => {
  it.each(requestNames)('[H48, H49, H50] change nothing beside valid ones: %s', async (name) => {
    const here = await openScene()
    const { eve } = here
    const [first, second] = [
      await here.chat.connect('e1', { role: 'admin' }),
      await here.chat.connect('e2', { role: 'admin' }),
    ]
    const junk = {
      ...(JSON.parse(
        '{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}},"then":1}',
      ) as object),
      ...{ toJSON: 1, _placeholder: true, num: 0, length: 1e9, hasOwnProperty: 1, valueOf: {} },
      ...{
        _id: 'mine',
        id: 'mine',
        seq: 1e9,
        nth: -1,
        epoch: 'mine',
        is_closed: true,
        author: 'admin',
        role: 'admin',
      },
      ...{
        ticket_count: -5,
        created_at: '9999-01-01T00:00:00.000Z',
        updated_at: 1,
        is_active: false,
        slot: -1,
      },
      ...{
        line_manager: 'eve',
        waiting_time: -1,
        sid: 'mine',
        kind: 'closed',
        type: 'system',
        fingerprint: 'x',
        api_key: 'x',
      },
    }
    // Names differ, so that both are new.
    const plainOf = (own: string): object => {
      const payload: Record<string, unknown> = { ...validPayload(name) }
      for (const field of ['room', 'room_id', 'name', 'user_id']) if (field in payload) payload[field] = own
      if ('stream' in payload) payload.stream = `room:${own}`
      return payload
    }
    const asThePlain = (answer: unknown) =>
      JSON.stringify(answer)
        .replaceAll(/"(plain|junky|e1|e2)"|room:(plain|junky)/g, '"own"')
        .replaceAll(/\b(plain|junky|e1|e2)\b/g, 'own')
        .replaceAll(/\b\d{20}\b/g, 'link id')
        .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g, 'uuid')
        .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'time')
    const plain = await first.ask(name, plainOf('plain'))
    const junky = await second.ask(name, { ...junk, ...plainOf('junky') })
    expect(asThePlain(junky)).toBe(asThePlain(plain))
    expect(({} as Record<string, unknown>).isAdmin).toBeUndefined()
    expect(await eve.request('leave', { room: 'x' })).toEqual({ room: 'x' })
    expect(here.crashes).toEqual([])
  })

  it.each(requestNames.filter((name) => 'client_created_at' in (schemaOf(name).properties ?? {})))(
    '[H51] do not count as a time, and fail nothing: %s',
    async (name) => {
      const { eve } = await openScene()
      for (const [at, claim] of [
        -1,
        1e300,
        '',
        'x',
        '2024-02-30T00:00:00Z',
        null,
        {},
        [],
        true,
        operators[0],
      ].entries()) {
        const payload: Record<string, unknown> = { ...validPayload(name), client_created_at: claim }
        // There is no such message.
        for (const field of ['reply_to', 'reply_seq']) delete payload[field]
        for (const field of ['name', 'user_id']) if (field in payload) payload[field] = `own_${at}`
        const answer = await eve.ask(name, payload)
        if (name === 'ticket_message_event') expect(answer).toMatchObject({ error: { code: 'not_found' } })
        else expect(answer).toMatchObject({ status: 'success', data: { client_created_at: null } })
      }
    },
  )

  it('[H47] of a topic are no collection, path or key, whatever they look like', async () => {
    const { eve } = await openScene()
    for (const name of [
      'a.b',
      '$x',
      'system.users',
      '../x',
      '__proto__',
      'constructor',
      "x'; drop table topics; --",
    ]) {
      const answer = await eve.ask('create_ticket', { product: name, cid: randomUUID() })
      if (answer.status === 'failure') expect(answer.error.code).toBe('invalid_payload')
      else
        expect(await eve.request('get_tickets', { product: name })).toMatchObject({
          tickets: [answer.data],
          more: false,
        })
    }
    for (const product of ['a\u0000b', {}, { $ne: null }]) {
      expect(await eve.refusal('create_ticket', { product, cid: randomUUID() })).toBe('invalid_payload')
    }
  })
})
