import { describeInChromium, untilReceiving, untilReleased } from '@dowellchat/browser'
import { expect, it } from 'vitest'
import { call, ended, hangUp, openCalls, type Person, untilState } from '../testing/people.ts'
import { startTurnServer, turnServer } from '../testing/turn-server.ts'

/** `pnpm prove calls` cuts for longer. */
const cutsMs = process.env.CALL_PROOF ? [1_000, 5_000, 14_000] : [5_000]

/** For what takes minutes: there is no such test in `npm test`. */
const itInProof = process.env.CALL_PROOF ? it.skipIf(!turnServer) : () => undefined

/** Lets a page send sound and picture through TURN servers alone. */
async function relayOnly({ page }: Person): Promise<void> {
  await page.evaluate(() => {
    const Original = window.RTCPeerConnection
    window.RTCPeerConnection = class extends Original {
      constructor(configuration?: RTCConfiguration) {
        super({ ...configuration, iceTransportPolicy: 'relay' })
        Object.assign(window, { peer: this })
      }
      override setConfiguration(configuration?: RTCConfiguration) {
        super.setConfiguration({ ...configuration, iceTransportPolicy: 'relay' })
      }
    }
  })
}

/** The two candidates that sound and picture go between. */
async function pairOf({ page }: Person): Promise<{ id: string; kind: string }[]> {
  return page.evaluate(async () => {
    const stats: RTCStatsReport = await Reflect.get(window, 'peer').getStats()
    const all = [...stats.values()] as { type: string; id: string; [key: string]: unknown }[]
    const transport = all.find(({ type }) => type === 'transport')
    const pair = all.find(({ id }) => id === transport?.selectedCandidatePairId)
    return [pair?.localCandidateId, pair?.remoteCandidateId].map((id) => ({
      id: String(id),
      kind: String(all.find((one) => one.id === id)?.candidateType),
    }))
  })
}

const kindsOf = async (person: Person) => (await pairOf(person)).map(({ kind }) => kind)

/** Waits until both are connected again, having never ended, and one can hang up. */
async function untilCarriedOn(ann: Person, ben: Person): Promise<void> {
  for (const one of [ann, ben]) {
    await expect
      .poll(() => one.page.evaluate(() => window.sdk.state().current), { timeout: 30_000 })
      .toMatchObject({ status: 'connected' })
    await untilReceiving(one, 'frames', 'energy')
    expect(await one.page.evaluate(() => window.sdk.statuses)).not.toContain('ended')
  }
  // Sound and picture may be back before the server.
  await expect
    .poll(() => ann.page.evaluate(() => window.sdk.client.connection.getSnapshot().status))
    .toBe('online')
  await hangUp(ann)
  await untilState(ben, ended('hung_up'))
}

describeInChromium('a call through a TURN server', (chromium) => {
  it.skipIf(!turnServer)(
    `[CA24] goes through coturn alone, with the credentials of the server${turnServer ? '' : ' (needs coturn)'}`,
    async () => {
      const { turn } = await startTurnServer()
      const { person } = await openCalls(chromium, { iceServers: { turn } })
      const [ann, ben] = [await person('ann'), await person('ben')]
      for (const one of [ann, ben]) await relayOnly(one)
      await call(ann, ben, 'ben')
      for (const one of [ann, ben]) await untilReceiving(one, 'frames', 'energy')
      for (const one of [ann, ben]) expect(await kindsOf(one)).toEqual(['relay', 'relay'])
      await hangUp(ann)
      for (const one of [ann, ben]) await untilReleased(one)
    },
  )

  it.skipIf(!turnServer).each(cutsMs)(
    'comes back by itself after nothing has come through for %i ms',
    async (ms) => {
      const { turn, kill } = await startTurnServer()
      const { person } = await openCalls(chromium, { iceServers: { turn } })
      const [ann, ben] = [await person('ann'), await person('ben')]
      for (const one of [ann, ben]) await relayOnly(one)
      await call(ann, ben, 'ben')
      kill('SIGSTOP')
      await ann.page.waitForTimeout(ms)
      kill('SIGCONT')
      await untilCarriedOn(ann, ben)
    },
  )

  it.skipIf(!turnServer).each(cutsMs)(
    '[NO8] comes back by itself after neither it nor the server was there for one of the two for %i ms',
    async (ms) => {
      const { turn, kill } = await startTurnServer()
      const { person, server, pages } = await openCalls(chromium, { iceServers: { turn } })
      const link = await server.link()
      const ann = await chromium.open(pages.url)
      await ann.page.evaluate((url) => window.sdk.open(url, 'ann'), link.url)
      const ben = await person('ben')
      for (const one of [ann, ben]) await relayOnly(one)
      await call(ann, ben, 'ben')
      link.offline()
      kill('SIGSTOP')
      await ann.page.waitForTimeout(ms)
      kill('SIGCONT')
      link.online()
      await untilCarriedOn(ann, ben)
    },
  )

  itInProof('fails for both when nothing comes through any more', { timeout: 120_000 }, async () => {
    const { turn, kill } = await startTurnServer()
    const { person } = await openCalls(chromium, { iceServers: { turn } })
    const [ann, ben] = [await person('ann'), await person('ben')]
    for (const one of [ann, ben]) await relayOnly(one)
    await call(ann, ben, 'ben')
    kill('SIGKILL')
    for (const one of [ann, ben]) {
      await expect
        .poll(() => one.page.evaluate(() => window.sdk.state().current), { timeout: 60_000 })
        .toMatchObject({ status: 'ended', reason: 'failed' })
      await untilReleased(one)
    }
  })

  // It takes three minutes: credentials are good for one at least.
  itInProof(
    '[CA24] finds another way once its first credentials have expired',
    { timeout: 240_000 },
    async () => {
      const { turn } = await startTurnServer()
      const { person } = await openCalls(chromium, { iceServers: { turn: { ...turn, ttlMs: 60_000 } } })
      const [ann, ben] = [await person('ann'), await person('ben')]
      for (const one of [ann, ben]) await relayOnly(one)
      await call(ann, ben, 'ben')
      await ann.page.waitForTimeout(130_000)
      for (const one of [ann, ben]) await untilReceiving(one, 'frames', 'energy')
      const before = await pairOf(ann)
      await ann.page.evaluate(() => window.dispatchEvent(new Event('online')))
      await expect.poll(() => pairOf(ann)).not.toEqual(before)
      for (const one of [ann, ben]) {
        expect(await kindsOf(one)).toEqual(['relay', 'relay'])
        await untilReceiving(one, 'frames', 'energy')
      }
      await hangUp(ann)
    },
  )
})
