import { uuid } from '../../uuid.ts'
import type { Call } from '../call.ts'
import type { LocalMediaState } from '../local-media.ts'
import { gathered } from './gathered.ts'
import { channelLabel, createMediaChannel, type RemoteMedia } from './media-channel.ts'
import { createNegotiation, type Negotiation } from './negotiation.ts'
import { createRemote } from './remote.ts'
import { createRemoteScreen } from './remote-screen.ts'
import { createSenders } from './senders.ts'
import { type ConnectionSignal, type Description, readDescription } from './signal.ts'

/** The connection to the other party of a call: sound, picture, and what is turned on. */
export interface Peer extends Pick<Negotiation, 'take' | 'restart'> {
  /** Creates the caller's signal. */
  readonly offer: () => Promise<Description>
  /**
   * Creates the callee's signal from the caller's. Rejects if that is invalid.
   * @param isQuick whether what is found out later can still be sent
   */
  readonly answer: (offer: unknown, isQuick: boolean) => Promise<Description>
  /** Takes the callee's signal. Rejects if it is invalid. */
  readonly accept: (answer: unknown) => Promise<void>
  /** Whether the other party understands what comes after offer and answer: V2's pages do not. */
  readonly isOpen: () => boolean
  /** Names the connection for both parties, each of which can begin another one; undefined where the other one cannot. */
  readonly name: () => string | undefined
  /** Sends the sound and picture of these media from now on. */
  readonly send: (local: LocalMediaState) => void
  /** On hold neither party is heard or seen. */
  readonly hold: (isHeld: boolean) => void
  /** Uses other ICE servers from the next restart on. */
  readonly configure: (iceServers: RTCIceServer[]) => void
  readonly stats: () => Promise<RTCStatsReport>
  readonly close: () => void
}

export interface PeerEvents {
  onRemote(stream: MediaStream): void
  onRemoteScreen(screen: MediaStream | null): void
  onRemoteMedia(media: Omit<RemoteMedia, 'screen' | 'hold'>): void
  /** Whether the other party has put the call on hold. */
  onHold(isHeld: boolean): void
  /** Whether sound and picture flow may have changed. */
  onState(state: RTCPeerConnectionState): void
  /** Something to send to the other party, if it understands that. */
  onSignal(signal: ConnectionSignal): void
}

const kinds = ['audio', 'video'] as const
const nothing = { stream: null, screenStream: null }

export function createPeer(
  iceServers: RTCIceServer[],
  initial: LocalMediaState,
  held: Call['hold'],
  { onRemote, onRemoteScreen, onRemoteMedia, onHold, onState, onSignal }: PeerEvents,
): Peer {
  const connection = new RTCPeerConnection({ iceServers })
  const closing = new AbortController()
  const until = { signal: closing.signal }
  const ownName = uuid()
  const local = initial.stream ?? new MediaStream()
  let sent = initial
  let isHeld = held.here
  let isHeldThere = held.there
  let name: string | undefined
  const remote = createRemote(onRemote, closing.signal)
  const remoteScreen = createRemoteScreen(onRemoteScreen, closing.signal)
  const negotiation = createNegotiation(connection, onSignal, closing.signal)
  const senders = createSenders(connection, negotiation.isOpen)
  const mediaChannel = createMediaChannel(({ screen, hold, ...media }) => {
    if (closing.signal.aborted) return
    remote.setCamera(media.camera)
    remoteScreen.setOn(screen)
    onRemoteMedia(media)
    if (hold === isHeldThere) return
    isHeldThere = hold
    onHold(hold)
    send(sent)
  })

  connection.addEventListener(
    'track',
    ({ track, transceiver }) => {
      track.enabled = !isHeld
      // Sound and the camera have their places from the start: any other picture is a screen.
      const place = connection.getTransceivers().find(({ receiver }) => receiver.track.kind === track.kind)
      if (place === transceiver) remote.add(track)
      else if (track.kind === 'video') remoteScreen.add(track)
    },
    until,
  )
  connection.addEventListener('connectionstatechange', () => onState(connection.connectionState), until)
  connection.addEventListener(
    'datachannel',
    ({ channel }) => {
      if (channel.label === channelLabel) mediaChannel.use(channel, 'callee')
    },
    until,
  )

  function send(state: LocalMediaState): void {
    sent = state
    senders.send(isHeld || isHeldThere ? nothing : state)
    mediaChannel.send(state, negotiation.isOpen(), isHeld)
  }

  function begin(side: 'caller' | 'callee', isUnderstood: boolean): void {
    negotiation.begin(side, isUnderstood)
    // A screen has another place from now on.
    send(sent)
  }

  /** The own description, with the candidates that are found at once. */
  async function describe(description: RTCSessionDescriptionInit, isQuick: boolean): Promise<Description> {
    if (isQuick) negotiation.sendCandidates()
    await connection.setLocalDescription(description)
    if (!isQuick) await gathered(connection, closing.signal)
    negotiation.sendCandidates()
    const { type, sdp } = connection.localDescription ?? description
    return { type: type === 'answer' ? type : 'offer', sdp: sdp ?? '' }
  }

  return {
    send,
    take: negotiation.take,
    restart: negotiation.restart,
    isOpen: negotiation.isOpen,
    name: () => name,
    async offer() {
      mediaChannel.use(connection.createDataChannel(channelLabel), 'caller')
      // A transceiver for each from the start, so that a device turned on later needs no new negotiation.
      for (const kind of kinds)
        senders.use(kind, connection.addTransceiver(kind, { direction: 'sendrecv', streams: [local] }).sender)
      send(sent)
      const description = await describe(await connection.createOffer(), false)
      return { ...description, video: initial.camera.status === 'on', trickle: true, connection: ownName }
    },
    async answer(signal, isQuick) {
      const offer = readDescription(signal)
      await connection.setRemoteDescription(plain(offer))
      for (const kind of kinds) {
        const offered = connection.getTransceivers().find(({ receiver }) => receiver.track.kind === kind)
        if (!offered) continue
        offered.direction = 'sendrecv'
        offered.sender.setStreams(local)
        senders.use(kind, offered.sender)
      }
      send(sent)
      const description = await describe(await connection.createAnswer(), isQuick)
      begin('callee', isQuick)
      if (isQuick) name = offer.connection
      return { ...description, trickle: isQuick, connection: name }
    },
    async accept(signal) {
      const answer = readDescription(signal)
      await connection.setRemoteDescription(plain(answer))
      begin('caller', answer.trickle === true)
      if (answer.connection === ownName) name = ownName
    },
    hold(isOn) {
      isHeld = isOn
      for (const { receiver } of connection.getTransceivers()) receiver.track.enabled = !isOn
      send(sent)
    },
    configure: (servers) => connection.setConfiguration({ iceServers: servers }),
    stats: () => connection.getStats(),
    close() {
      closing.abort()
      connection.close()
    },
  }
}

const plain = ({ type, sdp }: Description): RTCSessionDescriptionInit => ({ type, sdp })
