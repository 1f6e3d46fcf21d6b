import { expect, it, onTestFinished, vi } from 'vitest'
import { installFakeMedia } from '../../fake-client/index.ts'
import { openChat } from '../../testing/chat.ts'
import { holdNext } from '../../testing/hold-next.ts'

/** Somebody whose camera is being opened while they choose another one. */
async function chooseWhileOpening() {
  const media = installFakeMedia()
  onTestFinished(() => media.uninstall())
  media.plugIn('camera', 'Better camera')
  const { client } = await openChat()
  const { calls } = client('ann')
  onTestFinished(() => calls.media.choose('camera', null))
  const prompt = holdNext(navigator.mediaDevices, 'getUserMedia')
  const opened = calls.media.setCamera(true)
  await prompt.reached
  const found = await navigator.mediaDevices.enumerateDevices()
  const better = found.find(({ label }) => label === 'Better camera')
  await calls.media.choose('camera', better?.deviceId ?? '')
  return { media, calls, prompt, opened }
}

it('uses the device that is chosen while another one opens', async () => {
  const { media, calls, prompt, opened } = await chooseWhileOpening()
  prompt.release()
  await opened
  expect(calls.media.getSnapshot()).toMatchObject({ camera: { status: 'on', error: null } })
  expect(
    calls.media
      .getSnapshot()
      .stream?.getTracks()
      .map(({ label }) => label),
  ).toEqual(['Better camera'])
  expect(media.inUse()).toMatchObject({ camera: 1 })
})

it('opens nothing again that is not wanted any more', async () => {
  const { media, calls, prompt, opened } = await chooseWhileOpening()
  await calls.media.setCamera(false)
  const again = vi.spyOn(navigator.mediaDevices, 'getUserMedia')
  prompt.release()
  await opened
  expect(again).not.toHaveBeenCalled()
  expect(media.inUse()).toMatchObject({ camera: 0 })
})
