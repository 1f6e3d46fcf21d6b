import { limits } from '@dowellchat/protocol'
import { describe, expect, it } from 'vitest'
import { expectUnharmed, openScene } from './support/hostile-scene.ts'
import { connectRaw, nested, openRaw } from './support/raw-socket.ts'

/** A frame of exactly so many bytes. */
const frameOf = (bytes: number) => {
  const start = '4212["leave",{"room":"r","pad":"'
  const end = '"}]'
  return start + 'x'.repeat(bytes - start.length - end.length) + end
}

describe('a frame that is no request', () => {
  const cases: [id: string, what: string, ...frames: (string | Buffer)[]][] = [
    ['H1', 'a type that is none', '49'],
    ['H1', 'no packet', 'Z'],
    ['H1', 'nothing', ''],
    ['H2', 'an object', '42{"a":1}'],
    ['H2', 'no name', '42[]'],
    ['H2', 'null as name', '42[null,{}]'],
    ['H2', 'an object as name', '42[{"x":1}]'],
    ['H2', 'half an event', '42["join",'],
    ['H2', 'text', '42"join"'],
    ...['disconnect', 'disconnecting', 'connect', 'connect_error', 'newListener', 'removeListener'].map(
      (name): [string, string, string] => ['H10', name, `42["${name}",{}]`],
    ),
    ['H14', 'a binary event', '451-["join",{"_placeholder":true,"num":0}]', '42["join",{"room":"r"}]'],
    ['H15', 'eleven attachments', '4511-["join",{"room":"r"}]'],
    ['H15', '1e1 attachments', '451e1-["join",{"room":"r"}]'],
    ['H15', '-1 attachments', '45-1-["join",{"room":"r"}]'],
    ['H15', 'no attachments', '450-["join",{"room":"r"}]'],
    ['H16', 'ten attachments to come', '4510-["join"]', Buffer.alloc(60_000)],
    ['H17', 'bytes without a header', Buffer.from('2["join",{"room":"r"}]')],
    ['H17', 'attachment 7', '451-["join",{"_placeholder":true,"num":7}]', Buffer.from('x')],
    ['H17', 'attachment -1', '451-["join",{"_placeholder":true,"num":-1}]', Buffer.from('x')],
    ['H17', 'attachment __proto__', '451-["join",{"_placeholder":true,"num":"__proto__"}]', Buffer.from('x')],
    ['H17', 'a binary acknowledgement', '461-1[{"_placeholder":true,"num":0}]'],
    ['H19', '5,000 levels', `42["join",${nested(5_000)}]`],
    ['H20', '17 levels', `42["join",${nested(limits.depth)}]`],
    ['H21', '64 KiB of [', `42["join",${'['.repeat(65_000)}`],
    ['H21', '10,000 objects deep', `42["join",${'{"a":'.repeat(10_000)}`],
    ['H21', '64 KiB of "', `42["join",${'"'.repeat(65_000)}`],
  ]
  it.each(cases)('[%s] closes its own connection alone: %s', async (_id, _what, ...frames) => {
    const here = await openScene()
    const raw = await connectRaw(here.chat.url)
    const before = raw.frames.length
    raw.send(...frames)
    await raw.closed()
    expect(raw.frames.slice(before)).toEqual([])
    // That a socket is gone is asked of its calls, and of nothing else.
    expect(here.asked.filter((method) => method !== 'calls.listOpen')).toEqual([])
    await expectUnharmed(here)
  })

  it('[H18] closes its own connection alone where it is over the limit, and is answered at it', async () => {
    const here = await openScene()
    const raw = await connectRaw(here.chat.url)
    raw.send(frameOf(limits.frame_bytes))
    expect(await raw.first('43')).toBe('4312[{"status":"success","operation":"leave","data":{"room":"r"}}]')
    raw.send(frameOf(limits.frame_bytes + 1))
    expect(await raw.closed()).toBe(1009)
    await expectUnharmed(here)

    const tooDeep = await connectRaw(here.chat.url)
    tooDeep.send(`42["join",${'{"a":'.repeat(100_000)}`)
    expect(await tooDeep.closed()).toBe(1009)
    await expectUnharmed(here)
  })

  it.each([
    ['42["join",{"room":"r"}]'],
    ['42["message_event",{}]'],
    ['4213["get_all_topics",{}]'],
    ['4313[1]'],
    ['41'],
  ])('[H3] closes a connection that has not said who it is: %s', async (frame) => {
    const here = await openScene()
    const raw = await openRaw(here.chat.url)
    raw.send(frame)
    await raw.closed()
    expect(raw.frames).toHaveLength(1)
    expect(here.asked).toEqual([])
    await expectUnharmed(here)
  })

  it.each([['40["x"]'], ['40"x"'], ['40[{"protocol":1}]']])('[H7] is no handshake: %s', async (frame) => {
    const here = await openScene()
    const raw = await openRaw(here.chat.url)
    raw.send(frame)
    await raw.closed()
    await expectUnharmed(here)
  })

  it('[H7] is no identity: a token that is an object', async () => {
    const here = await openScene()
    const raw = await openRaw(here.chat.url)
    raw.send('40{"token":{"a":1}}')
    expect(await raw.first('44')).toContain('"code":"unauthenticated"')
    await expectUnharmed(here)
  })
})
