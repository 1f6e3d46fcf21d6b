import '../../react/testing/dom.ts'
import { expect, it } from 'vitest'
import { installFakeMedia } from '../index.ts'

it('[KT12] fits into a simulated browser, whose video elements take its streams', async () => {
  const before = navigator.mediaDevices
  const media = installFakeMedia()
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true })
  expect(navigator.mediaDevices).not.toBe(before)
  expect([stream instanceof MediaStream, stream.active]).toEqual([true, true])
  const video = document.createElement('video')
  video.srcObject = stream
  expect(video.srcObject).toBe(stream)
  for (const track of stream.getTracks()) track.stop()
  expect(stream.active).toBe(false)
  media.uninstall()
  expect(navigator.mediaDevices).toBe(before)
})
