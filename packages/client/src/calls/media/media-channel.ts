import * as z from 'zod/mini'
import type { LocalMediaState } from '../local-media.ts'
import { parseJson } from './signal.ts'

// Clients before 0.10 do not speak of screens, those before 0.11 of hold.
const RemoteMedia = z.object({
  microphone: z.boolean(),
  camera: z.boolean(),
  screen: z._default(z.boolean(), false),
  hold: z._default(z.boolean(), false),
})
export type RemoteMedia = z.infer<typeof RemoteMedia>

/** The data channel on which two SDKs send each other what they have turned on. */
export interface MediaChannel {
  /** The callee sends first and the caller only in reply, so that V2 pages, which never do, receive nothing. */
  readonly use: (channel: RTCDataChannel, side: 'caller' | 'callee') => void
  /**
   * @param isOpen whether the other party sees a screen beside the camera, or in its place
   * @param hold whether the call is on hold here
   */
  readonly send: (local: LocalMediaState, isOpen: boolean, hold: boolean) => void
}

export const channelLabel = 'dowellchat-media'

export function createMediaChannel(onRemoteMedia: (media: RemoteMedia) => void): MediaChannel {
  let channel: RTCDataChannel | undefined
  let maySpeak = false
  let news = ''
  let sent = ''

  function speak(): void {
    if (!maySpeak || channel?.readyState !== 'open' || news === sent) return
    channel.send(news)
    sent = news
  }

  return {
    use(opened, side) {
      channel = opened
      maySpeak = side === 'callee'
      speak()
      opened.addEventListener('open', speak)
      opened.addEventListener('message', ({ data }) => {
        const media = z.safeParse(RemoteMedia, parseJson(String(data))).data
        if (!media) return
        onRemoteMedia(media)
        maySpeak = true
        speak()
      })
    },
    send(local, isOpen, hold) {
      const [microphone, camera, screen] = [local.microphone, local.camera, local.screen].map(
        ({ status }) => status === 'on',
      )
      const pictures = isOpen ? { camera, screen } : { camera: camera || screen }
      news = JSON.stringify({ microphone, ...pictures, hold })
      speak()
    },
  }
}
