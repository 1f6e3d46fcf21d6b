import type { LocalMediaState } from '../local-media.ts'
import { channelLabel, createMediaChannel, type RemoteMedia } from './media-channel.ts'
import { type Description, readSignal } from './signal.ts'

/** The connection to the other party of a call: sound, picture, and what is turned on. */
export interface Peer {
  /** Creates the caller's signal. */
  readonly offer: () => Promise<Description>
  /** Creates the callee's signal from the caller's. Rejects if that is invalid. */
  readonly answer: (offer: unknown) => Promise<Description>
  /** Takes the callee's signal. Rejects if it is invalid. */
  readonly accept: (answer: unknown) => Promise<void>
  /** Sends the sound and picture of these media from now on. */
  readonly send: (local: LocalMediaState) => void
  readonly close: () => void
}

export interface PeerEvents {
  /** Sound or picture has started or stopped; always the same stream. */
  onRemote(stream: MediaStream): void
  onRemoteMedia(media: RemoteMedia): void
  onConnected(): void
  onFailed(): void
}

const gatheringMs = 2_000
/** Counted from the answer. A browser without a usable candidate would wait for ever. */
const connectingMs = 30_000
const kinds = ['audio', 'video'] as const

export function createPeer(
  iceServers: readonly RTCIceServer[],
  initial: LocalMediaState,
  events: PeerEvents,
): Peer {
  const connection = new RTCPeerConnection({ iceServers: [...iceServers] })
  const closing = new AbortController()
  const until = { signal: closing.signal }
  const remote = new MediaStream()
  const local = initial.stream ?? new MediaStream()
  const senders = new Map<string, RTCRtpSender>()
  let picture: MediaStreamTrack | undefined
  let isCameraOff = false
  let deadline: ReturnType<typeof setTimeout> | undefined
  const mediaChannel = createMediaChannel((media) => {
    if (closing.signal.aborted) return
    isCameraOff = !media.camera
    showPicture()
    events.onRemoteMedia(media)
  })

  /** A video element that waits for a picture plays no sound, so the stream has the track only while pictures arrive. */
  function showPicture(): void {
    if (!picture) return
    if (picture.muted || isCameraOff) remote.removeTrack(picture)
    else remote.addTrack(picture)
    events.onRemote(remote)
  }

  function onTrack({ track }: RTCTrackEvent): void {
    if (track.kind === 'video') {
      picture = track
      track.addEventListener('mute', showPicture, until)
      track.addEventListener('unmute', showPicture, until)
      showPicture()
    } else {
      remote.addTrack(track)
      events.onRemote(remote)
    }
  }

  function awaitConnection(): void {
    if (closing.signal.aborted || connection.connectionState === 'connected') return
    deadline = setTimeout(events.onFailed, connectingMs)
  }

  function onStateChange(): void {
    if (connection.connectionState === 'failed') events.onFailed()
    if (connection.connectionState !== 'connected') return
    clearTimeout(deadline)
    events.onConnected()
  }

  function onChannel({ channel }: RTCDataChannelEvent): void {
    if (channel.label === channelLabel) mediaChannel.use(channel, 'callee')
  }

  connection.addEventListener('track', onTrack, until)
  connection.addEventListener('connectionstatechange', onStateChange, until)
  connection.addEventListener('datachannel', onChannel, until)

  function send(state: LocalMediaState): void {
    for (const [kind, sender] of senders) {
      const track = state.stream?.getTracks().find((one) => one.kind === kind) ?? null
      // Fails only if the connection is closed, when there is nothing to send.
      sender.replaceTrack(track).catch(() => undefined)
    }
    mediaChannel.send(state)
  }

  async function describe(description: RTCSessionDescriptionInit): Promise<Description> {
    await connection.setLocalDescription(description)
    await gathered(connection, closing.signal)
    const { type, sdp } = connection.localDescription ?? description
    return { type: type === 'answer' ? type : 'offer', sdp: sdp ?? '' }
  }

  return {
    send,
    async offer() {
      mediaChannel.use(connection.createDataChannel(channelLabel), 'caller')
      // A transceiver for each from the start, so that a device turned on later needs no new negotiation.
      for (const kind of kinds)
        senders.set(kind, connection.addTransceiver(kind, { direction: 'sendrecv', streams: [local] }).sender)
      send(initial)
      const description = await describe(await connection.createOffer())
      return { ...description, video: initial.camera.status === 'on' }
    },
    async answer(offer) {
      await connection.setRemoteDescription(readSignal(offer))
      for (const kind of kinds) {
        const offered = connection.getTransceivers().find(({ receiver }) => receiver.track.kind === kind)
        if (!offered) continue
        offered.direction = 'sendrecv'
        offered.sender.setStreams(local)
        senders.set(kind, offered.sender)
      }
      send(initial)
      const description = await describe(await connection.createAnswer())
      awaitConnection()
      return description
    },
    async accept(answer) {
      awaitConnection()
      await connection.setRemoteDescription(readSignal(answer))
    },
    close() {
      clearTimeout(deadline)
      closing.abort()
      connection.close()
    },
  }
}

/** Waits until all candidates are known, but for 2 seconds at most. */
function gathered(connection: RTCPeerConnection, closed: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = new AbortController()
    const timer = setTimeout(finish, gatheringMs)
    connection.addEventListener('icegatheringstatechange', look, { signal: done.signal })
    closed.addEventListener('abort', finish, { signal: done.signal })
    look()

    function look(): void {
      if (connection.iceGatheringState === 'complete') finish()
    }

    function finish(): void {
      clearTimeout(timer)
      done.abort()
      resolve()
    }
  })
}
