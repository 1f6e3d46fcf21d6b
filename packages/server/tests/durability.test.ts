import { randomUUID } from 'node:crypto'
import type { LineManager, Message, Page, Position, Ticket, Topic } from '@dowellchat/protocol'
import { describe, expect, it, vi } from 'vitest'
import { type Answer, type Client, connect, connectAs, type Frame, readBackwards, readForwards, until } from './support/client.ts'
import { type ServerProcess, shop, startProcess, temporaryFolder } from './support/server-process.ts'
import { everybody, key, lineManager, message, openShopFloor, product, room, type ShopFloor } from './support/shop-floor.ts'
import { breakDisk, delayMs, needStrace } from './support/strace.ts'

vi.setConfig({ testTimeout: 60_000 })

type NewMessage = ReturnType<typeof message>

describe('a server that is killed', () => {
  const senders = ['ada', 'ben', 'cleo', 'dan', 'eve', 'fay', 'gil', 'hal']
  const messagesOfEach = 125
  const killedAfter = 300

  it('[DU1] has every acknowledged message, once and in order, and goes on where it was', async () => {
    const dataDir = temporaryFolder()
    const server = await startProcess({ env: shop(dataDir) })
    const outbox = new Map(senders.map((name) => [name, textsOf(name)]))
    const listener = await connectAs(server.url, 'listener')
    await listener.get('join', { room })

    const acknowledged = new Map<string, Message>()
    const note = (stored: Message): void => {
      acknowledged.set(stored.cid, stored)
      if (acknowledged.size === killedAfter) server.signal('SIGKILL')
    }
    await Promise.allSettled([...outbox].map(([name, texts]) => sendAs(server, name, texts, note)))
    await server.exited()
    const pushed = entriesHeard(listener)
    expect(acknowledged.size).toBeGreaterThanOrEqual(killedAfter)
    expect(acknowledged.size).toBeLessThan(senders.length * messagesOfEach)

    const restarted = await startProcess({ env: shop(dataDir) })
    const reader = await connectAs(restarted.url, 'reader')
    const kept = await readForwards(reader, room)
    expect(await readBackwards(reader, room)).toEqual(kept)
    expectWhole(kept)
    expect(kept).toEqual(expect.arrayContaining([...acknowledged.values()]))
    expect(kept).toEqual(expect.arrayContaining(pushed))
    for (const [name, texts] of outbox) {
      const ofSender = cidsOf(kept.filter(({ author }) => author === name))
      expect(ofSender, 'what is there of a sender is what it sent first').toEqual(cidsOf(texts.slice(0, ofSender.length)))
    }

    const { epoch } = await listenerEpoch(listener, reader)
    for (const last of [pushed[0], pushed[Math.floor(pushed.length / 2)], pushed.at(-1)]) {
      const position: Position = { epoch, seq: last?.seq ?? 0, id: last?._id ?? null }
      const page = await reader.get<Page>('join', { room, position })
      expect(page).not.toHaveProperty('reset')
      expect(page.epoch).toBe(epoch)
      expect(page.entries).toEqual(kept.slice(position.seq, position.seq + page.entries.length))
      expect(page.entries.length).toBe(Math.min(200, kept.length - position.seq))
    }

    const unanswered = [...outbox].map(([name, texts]) => [name, texts.filter(({ cid }) => !acknowledged.has(cid))] as const)
    await Promise.all(unanswered.map(([name, texts]) => sendAs(restarted, name, texts, note)))
    const all = await readForwards(reader, room)
    expectWhole(all)
    expect(all.slice(0, kept.length)).toEqual(kept)
    expect(all).toEqual(expect.arrayContaining([...acknowledged.values()]))
    for (const [name, texts] of outbox) {
      expect(cidsOf(all.filter(({ author }) => author === name))).toEqual(cidsOf(texts))
    }
  })

  function textsOf(name: string): NewMessage[] {
    return Array.from({ length: messagesOfEach }, (_, at) => message(`${name} ${at}`))
  }
})

describe('a server on a slow disk', () => {
  it('[DU2] acknowledges and pushes nothing before it is on the disk', async (test) => {
    await needStrace(test)
    const floor = await openShopFloor((await startShop()).url)
    const arrivals = await arrivalsOnSlowDisk(server(floor), floor)
    expectNoneEarly(arrivals)
  })
})
