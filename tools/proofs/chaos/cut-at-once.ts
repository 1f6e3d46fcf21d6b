import { setTimeout as pause } from 'node:timers/promises'
import { openLink, startServer } from '../../../packages/server/src/testing/index.ts'
import { SdkTalker } from './sdk-talker.ts'

export interface CutFigures {
  readonly isTold: boolean
  readonly clients: number
  readonly missed: number
  /** Clients that show everything in the end. */
  readonly level: number
  /** From the link's return until half of the clients are level, and the last one. */
  readonly p50Ms: number
  readonly lastMs: number
}

const deadlineMs = 60_000

/**
 * Many clients lose their network at the same moment, miss messages, and get it back. The server lives.
 * @param isTold whether clients are told of their network, as browsers tell; else they find out by trying
 */
export async function cutAtOnce(clients: number, missed: number, isTold: boolean): Promise<CutFigures> {
  const server = await startServer()
  const link = await openLink(server.url)
  const tells = new Set<(isOnline: boolean) => void>()
  const network = (tell: (isOnline: boolean) => void) => {
    tells.add(tell)
    return () => void tells.delete(tell)
  }
  const tellAll = (isOnline: boolean) => {
    for (const tell of tells) tell(isOnline)
  }
  const authOf = (user: string) => server.authFor(user)
  const crowd = Array.from(
    { length: clients },
    (_, n) => new SdkTalker(`guest ${n}`, ['hall'], link, authOf, isTold ? network : undefined),
  )
  const speakerLink = await openLink(server.url)
  const speaker = new SdkTalker('speaker', ['hall'], speakerLink, authOf)
  try {
    speaker.say('hall', 'first')
    const hasAll = (count: number) => (talker: SdkTalker) => talker.shown('hall').rows.length >= count
    await until(() => crowd.every(hasAll(1)))
    link.offline()
    tellAll(false)
    for (let n = 0; n < missed; n++) speaker.say('hall', `missed ${n}`)
    await until(() => speaker.isIdle)
    await pause(500)
    const backAt = performance.now()
    link.online()
    tellAll(true)
    const levelMs = new Map<SdkTalker, number>()
    const isOver = () => {
      for (const talker of crowd)
        if (!levelMs.has(talker) && hasAll(missed + 1)(talker))
          levelMs.set(talker, performance.now() - backAt)
      return levelMs.size === clients
    }
    await until(isOver)
    const times = [...levelMs.values()].sort((a, b) => a - b)
    const at = (share: number) => Math.round(times[Math.ceil(times.length * share) - 1] ?? deadlineMs)
    return { isTold, clients, missed, level: levelMs.size, p50Ms: at(0.5), lastMs: at(1) }
  } finally {
    for (const talker of [...crowd, speaker]) talker.close()
    await Promise.all([link.close(), speakerLink.close()])
    await server.close()
  }
}

async function until(isSo: () => boolean): Promise<void> {
  for (const end = performance.now() + deadlineMs; !isSo() && performance.now() < end; ) await pause(10)
}
