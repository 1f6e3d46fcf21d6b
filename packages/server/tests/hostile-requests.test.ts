import { Failure, limits } from '@dowellchat/protocol'
import { describe, expect, it } from 'vitest'
import { expectUnharmed, openScene } from './support/hostile-scene.ts'
import { connectRaw, nested } from './support/raw-socket.ts'

describe('a frame that is a request of a kind', () => {
  it.each([
    '1',
    'null',
    '',
    '{"message":"a text of theirs"}',
    '{"message":{"toString":1}}',
    '[]',
    '{"stack":1}',
  ])('[H9] is no event of the server’s own: error %s', async (argument) => {
    const here = await openScene()
    const raw = await connectRaw(here.chat.url)
    const args = argument === '' ? '' : `,${argument}`
    raw.send(`42["error"${args}]`, `4217["error"${args}]`, '4218["leave",{"room":"r"}]')
    expect(await raw.first('4317')).toContain('"code":"unknown_event"')
    expect(await raw.first('4318')).toContain('"status":"success"')
    expect(raw.frames.filter((frame) => frame.startsWith('42["error_response"'))).toHaveLength(1)
    expect(here.log.join()).not.toContain('a text of theirs')
    await expectUnharmed(here)
  })

  const strange = [
    '__proto__',
    'constructor',
    'hasOwnProperty',
    'toString',
    'valueOf',
    '',
    'x'.repeat(10_000),
    'join\u0000',
  ]
  it.each([...strange.map((name) => JSON.stringify(name)), '0', '-1', '1.5', '1e999'])(
    '[H11] has a name that means nothing: %.20s',
    async (name) => {
      const here = await openScene()
      const raw = await connectRaw(here.chat.url)
      raw.send(`42[${name},{"room":"r"}]`, `4219[${name},{"room":"r"}]`, '4220["leave",{"room":"r"}]')
      const answer = Failure.parse((JSON.parse((await raw.first('4319')).slice(4)) as unknown[])[0])
      expect(answer.error.code).toBe('unknown_event')
      expect(answer.operation.length).toBeLessThanOrEqual(64)
      expect(await raw.first('4320')).toContain('"status":"success"')
      expect(here.asked).toEqual([])
      await expectUnharmed(here)
    },
  )

  it('[H13] acknowledges what nobody asked for, and is ignored', async () => {
    const here = await openScene()
    const raw = await connectRaw(here.chat.url)
    raw.send('43999[1]', '430[]', '43[1]', '4220["leave",{"room":"r"}]')
    expect(await raw.first('4320')).toContain('"status":"success"')
    await expectUnharmed(here)
  })

  it('[H20] may nest to the limit', async () => {
    const here = await openScene()
    const raw = await connectRaw(here.chat.url)
    raw.send(
      `4221["leave",${nested(limits.depth - 1)}]`,
      `4222["leave",{"room":"r","x":${nested(limits.depth - 2)}}]`,
    )
    expect(await raw.first('4321')).toContain('"code":"invalid_payload"')
    expect(await raw.first('4322')).toContain('"status":"success"')
    await expectUnharmed(here)
  })

  const manyKeys = `{${Array.from({ length: 6_000 }, (_, at) => `"k${at}":0`).join(',')}}`
  it.each([
    ['thousands of keys', 'leave', manyKeys],
    ['1e999', 'get_messages', '{"stream":"room:r","before":1e999}'],
    ['a number of 60,000 digits', 'get_messages', `{"stream":"room:r","before":1${'0'.repeat(60_000)}}`],
    ['2^53 + 1', 'get_messages', '{"stream":"room:r","before":9007199254740993}'],
    ['-1', 'get_messages', '{"stream":"room:r","before":-1}'],
    ['a fraction', 'get_messages', '{"stream":"room:r","before":1.0000000001}'],
    ['a position beyond all numbers', 'join', '{"room":"r","position":{"epoch":"e","seq":1e16,"id":null}}'],
    ['half a surrogate pair', 'leave', '{"room":"\\ud800"}'],
  ])('[H22] is refused for %s', async (_what, name, payload) => {
    const here = await openScene()
    const raw = await connectRaw(here.chat.url)
    raw.send(`4223["${name}",${payload}]`)
    expect(await raw.first('4323')).toContain('"code":"invalid_payload"')
    expect(here.asked).toEqual([])
    await expectUnharmed(here)
  })

  it('[H22] takes -0 for 0', async () => {
    const here = await openScene()
    const raw = await connectRaw(here.chat.url)
    raw.send('4223["get_messages",{"stream":"room:r","before":-0}]')
    expect(await raw.first('4323')).toContain('"entries":[]')
    await expectUnharmed(here)
  })

  it('[H23] has one meaning where it says a thing twice: the last', async () => {
    const here = await openScene()
    const raw = await connectRaw(here.chat.url)
    raw.send('4224["join",{"room":"a","room":"b"}]', '4225["leave",{"room":"b","room":null}]')
    expect(await raw.first('4324')).toContain('"stream":"room:b"')
    expect(await raw.first('4325')).toContain('"code":"invalid_payload"')
    await expectUnharmed(here)
  })

  it('[H42] works with the same acknowledgement number as one under way', async () => {
    const here = await openScene()
    const raw = await connectRaw(here.chat.url)
    raw.send('4226["get_all_topics",{}]', '4226["get_all_line_managers",{}]', '4227["leave",{"room":"r"}]')
    await raw.first('4327')
    await raw.first('4326')
    await expectUnharmed(here)
  })
})
