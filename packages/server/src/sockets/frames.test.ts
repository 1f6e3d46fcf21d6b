import { limits } from '@dowellchat/protocol'
import { Decoder, Encoder, type Packet, PacketType } from 'socket.io-parser'
import { describe, expect, it } from 'vitest'
import { Encoded } from '../delivery/encoded.ts'
import { FrameDecoder, FrameEncoder, isDeeper } from './frames.ts'

const packet = (type: PacketType, data: unknown, more: Partial<Packet> = {}): Packet => ({
  type,
  nsp: '/',
  data,
  ...more,
})

function decode(frame: unknown): Packet {
  const packets: Packet[] = []
  const decoder = new FrameDecoder()
  decoder.on('decoded', (decoded: Packet) => packets.push(decoded))
  decoder.add(frame)
  return packets[0] as Packet
}

describe('the encoder', () => {
  it.each([
    ['an event', packet(PacketType.EVENT, ['my_response', { data: 'hi "there"\n', count: 0 }])],
    ['an event that wants an answer', packet(PacketType.EVENT, ['x', 1, null, [true]], { id: 12 })],
    ['an answer', packet(PacketType.ACK, [{ status: 'success' }], { id: 0 })],
    ['an answer without data', packet(PacketType.ACK, [], { id: 7 })],
    ['an event of a namespace', packet(PacketType.EVENT, ['x'], { nsp: '/admin' })],
    ['nothing as data', packet(PacketType.EVENT, ['x', undefined])],
    ['a connection', packet(PacketType.CONNECT, { sid: 'abc' })],
    ['a refusal', packet(PacketType.CONNECT_ERROR, { message: 'no', data: { code: 'unauthenticated' } })],
    ['an end', packet(PacketType.DISCONNECT, undefined)],
  ])("[DI5] writes %s as socket.io's own does", (_what, one) => {
    expect(new FrameEncoder().encode(structuredClone(one))).toEqual(
      new Encoder().encode(structuredClone(one)),
    )
  })

  it('[DI5] takes the text of what is encoded already, byte for byte', () => {
    const text = '{"a":  "kept as it is"}'
    expect(new FrameEncoder().encode(packet(PacketType.EVENT, ['x', new Encoded(text), 1]))).toEqual([
      `2["x",${text},1]`,
    ])
    expect(new FrameEncoder().encode(packet(PacketType.ACK, [new Encoded(text)], { id: 3 }))).toEqual([
      `33[${text}]`,
    ])
  })
})

describe('the decoder', () => {
  it.each(['2["join",{"room":"a"}]', '212["x",1]', '0{"protocol":1}', '1', '3999[1]', '2/admin,["x"]'])(
    "[DI5] reads %s as socket.io's own does",
    (frame) => {
      const packets: Packet[] = []
      const decoder = new Decoder()
      decoder.on('decoded', (decoded: Packet) => packets.push(decoded))
      decoder.add(frame)
      expect(decode(frame)).toEqual(packets[0])
    },
  )

  it.each([
    '51-["x",{"_placeholder":true,"num":0}]',
    '510-["x"]',
    '5',
    '61-[{"_placeholder":true,"num":0}]',
    Buffer.from('2["x"]'),
    new ArrayBuffer(4),
  ])('[DI5] refuses binary: %j', (frame) => {
    expect(() => decode(frame)).toThrow(/binary/)
  })

  it('[DI5] holds nothing back for the next frame when it has refused one', () => {
    const decoder = new FrameDecoder()
    const packets: Packet[] = []
    decoder.on('decoded', (decoded: Packet) => packets.push(decoded))
    expect(() => decoder.add('51-["x",{"_placeholder":true,"num":0}]')).toThrow()
    decoder.add('2["y"]')
    expect(packets).toMatchObject([{ data: ['y'] }])
  })

  it('[DI5] refuses a frame that nests deeper than the limit, before it parses it', () => {
    const nested = (depth: number) => `2${'['.repeat(depth)}"x"${']'.repeat(depth)}`
    expect(() => decode(nested(limits.depth + 1))).toThrow(/nest/)
    expect(() => decode(`2["x",${'['.repeat(60_000)}`)).toThrow(/nest/)
    expect(() => decode(`2["x",${'{"a":'.repeat(10_000)}`)).toThrow(/nest/)
    const deepest = `2["x",${'['.repeat(limits.depth - 1)}${']'.repeat(limits.depth - 1)}]`
    expect(decode(deepest).data).toHaveLength(2)
  })
})

describe('the depth of a text', () => {
  it.each([
    ['', 0],
    ['[]', 1],
    ['[[],[],{}]', 2],
    ['{"a":{"b":[1]}}', 3],
    ['["[[[[[["]', 1],
    ['["\\"[[[["]', 1],
    ['["\\\\",[[]]]', 3],
    ['{"\\u005b[":"]]]]"}', 1],
  ])('[DI5] of %s is %i', (json, depth) => {
    const padded = `${json}${' '.repeat(64)}`
    expect(isDeeper(padded, depth)).toBe(false)
    if (depth > 0) expect(isDeeper(padded, depth - 1)).toBe(true)
  })

  it('[DI5] is that of the parsed value, whatever its texts contain', () => {
    let seed = 20_261_124
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return Math.floor((seed / 2_147_483_648) * below)
    }
    const texts = ['[', '{"', '\\', '"', ']]', '\u005b', 'x']
    const value = (levels: number): unknown => {
      if (levels === 0) return texts[random(texts.length)]
      const children = Array.from({ length: 1 + random(2) }, () => value(random(levels)))
      return random(2)
        ? [...children, value(levels - 1)]
        : { [texts[random(texts.length)] as string]: value(levels - 1) }
    }
    const depthOf = (one: unknown): number =>
      typeof one === 'object' && one !== null ? 1 + Math.max(0, ...Object.values(one).map(depthOf)) : 0
    for (let round = 0; round < 2_000; round++) {
      const one = value(1 + random(20))
      const json = JSON.stringify(one)
      expect([json, isDeeper(json, 16)]).toEqual([json, depthOf(one) > 16])
    }
  })
})
