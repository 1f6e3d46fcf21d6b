import { describeInChromium, untilReleased } from '@dowellchat/browser'
import { expect, it } from 'vitest'
import { openCalls, type Person, untilState } from '../testing/people.ts'
import { startTurnServer, turnServer } from '../testing/turn-server.ts'

const check = ({ page }: Person) => page.evaluate(() => window.sdk.client.calls.check())

describeInChromium('the check before a call', (chromium) => {
  it('finds what is there, and lets it go', async () => {
    const { person } = await openCalls(chromium)
    const ann = await person('ann')
    expect(await check(ann)).toEqual({
      ...{ server: 'ok', turn: 'none', hasRelay: false },
      ...{ microphone: 'ok', camera: 'ok' },
    })
    await untilReleased(ann)
    await untilState(ann, { media: { stream: null, microphone: { status: 'off' } } })
  })

  it('finds what is missing', async () => {
    // Nobody listens there.
    const turn = { urls: ['turn:127.0.0.1:9'], secret: 'the secret of the test' }
    const { person } = await openCalls(chromium, { iceServers: { turn } })
    const ann = await person('ann')
    await ann.page.evaluate(() => {
      const { getUserMedia } = MediaDevices.prototype
      MediaDevices.prototype.getUserMedia = async function (constraints) {
        if (constraints?.video) throw new DOMException('Could not start', 'NotReadableError')
        const stream = await getUserMedia.call(this, constraints)
        // As a microphone with a switch of its own.
        for (const track of stream.getTracks()) track.enabled = false
        return stream
      }
    })
    expect(await check(ann)).toEqual({
      ...{ server: 'ok', turn: 'unreachable', hasRelay: false },
      ...{ microphone: 'silent', camera: 'in_use' },
    })
    await untilReleased(ann)
  })

  it.skipIf(!turnServer)(`finds a TURN server${turnServer ? '' : ' (needs coturn)'}`, async () => {
    const { turn } = await startTurnServer()
    const { person } = await openCalls(chromium, { iceServers: { turn } })
    expect(await check(await person('ann'))).toMatchObject({ server: 'ok', turn: 'ok', hasRelay: true })
  })

  it('finds that the browser refuses the addresses of the servers', async () => {
    const { person } = await openCalls(chromium)
    const ann = await person('ann')
    // Without a name and a password.
    await ann.page.evaluate(() =>
      window.sdk.client.update({ calls: { iceServers: [{ urls: 'turn:127.0.0.1:9' }] } }),
    )
    const failure = await ann.page.evaluate(() => window.sdk.failure(window.sdk.client.calls.check()))
    expect(failure).toEqual({ name: 'MediaError', code: 'failed', message: expect.stringContaining('TURN') })
  })

  it('finds that a server is there which refuses', async () => {
    const { person } = await openCalls(chromium, {
      authorize: (_session, request) => request !== 'get_ice_servers',
    })
    expect(await check(await person('ann'))).toMatchObject({ server: 'ok' })
  })

  it('finds that the server is away', async () => {
    const { person, server } = await openCalls(chromium)
    const ann = await person('ann')
    await server.close()
    expect(await check(ann)).toMatchObject({ server: 'unreachable', turn: 'none', microphone: 'ok' })
  })
})

describeInChromium(
  'the check where devices are refused',
  (chromium) => {
    it('says which', async () => {
      const { person } = await openCalls(chromium)
      expect(await check(await person('ann', { permissions: ['microphone'] }))).toMatchObject({
        microphone: 'ok',
        camera: 'refused',
      })
    })
  },
  { media: 'denied' },
)
