import type { LocalMediaState } from '../local-media.ts'

/** What is sent to the other party: the microphone's sound, the camera's picture and the screen. */
export interface Senders {
  /** Sends sound, or the camera's picture, by this sender. */
  readonly use: (kind: 'audio' | 'video', sender: RTCRtpSender) => void
  /** Sends the sound and picture of these media from now on. */
  readonly send: (local: Pick<LocalMediaState, 'stream' | 'screenStream'>) => void
}

/** @param isOpen whether the other party understands a third track: V2's pages see the screen in place of the camera */
export function createSenders(connection: RTCPeerConnection, isOpen: () => boolean): Senders {
  const senders = new Map<string, RTCRtpSender>()
  /** Its place is kept, so that sharing again needs no new negotiation. */
  let screenSender: RTCRtpSender | undefined

  return {
    use: (kind, sender) => void senders.set(kind, sender),
    send({ stream, screenStream }) {
      const screen = screenStream?.getTracks()[0] ?? null
      const inPlace = isOpen() ? null : screen
      for (const [kind, sender] of senders) {
        const track = stream?.getTracks().find((one) => one.kind === kind) ?? null
        put(sender, kind === 'video' ? (inPlace ?? track) : track)
      }
      if (isOpen() && screenStream)
        screenSender ??= connection.addTransceiver('video', {
          direction: 'sendonly',
          streams: [screenStream],
        }).sender
      if (screenSender) put(screenSender, screen)
    },
  }
}

function put(sender: RTCRtpSender, track: MediaStreamTrack | null): void {
  // Fails only if the connection is closed, when there is nothing to send.
  sender.replaceTrack(track).catch(() => undefined)
}
