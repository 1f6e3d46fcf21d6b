import type { Call, CallQuality } from '../../calls/call.ts'
import type { ChatClient } from '../../client.ts'
import { FakeAudioContext } from './fake-audio.ts'
import { deviceOf, type FakeDevice, FakeDevices, type FakePlug } from './fake-devices.ts'
import { FakeNetwork } from './fake-network.ts'
import { FakePeer } from './fake-peer.ts'
import { type FakeStream, streamClass } from './fake-stream.ts'
import { FakeTrack } from './fake-track.ts'
import { replaceProperties } from './replace-properties.ts'

/** The client of one person; without it everybody's is meant. */
export type FakePerson = Pick<ChatClient, 'calls'>

/** What a test does to microphones, cameras and connections. What it names `of` is one person's; left out, everybody's. */
export interface FakeMedia {
  /**
   * Refuses a device from now on, with the `MediaError.code` that this gives: the user has not allowed it, or another program
   * has it. What is on stays on.
   */
  refuse(device: FakeDevice, code?: 'permission_denied' | 'in_use'): void
  /** Undoes `refuse`. */
  allow(device: FakeDevice): void
  /** Plugs in another device. */
  plugIn(device: FakePlug, label?: string): void
  /** Pulls out all devices of a kind, or those of this label. */
  unplug(device: FakePlug, label?: string): void
  /** A device that is on fails, or the browser's button to stop sharing is pressed. It may be turned on again. */
  end(device: FakeDevice, of?: FakePerson): void
  /** Speaks, from 0, which is silence, to 1; until told otherwise. Default: 0.5. */
  speak(level?: number, of?: FakePerson): void
  /**
   * Cuts sound and picture, until `restore`: a call is `reconnecting`, and one that begins does not connect, unless only one
   * person's call is cut. The connection to the server stays: cut that with a link of the server.
   */
  cut(of?: FakePerson): void
  /**
   * Lets the browsers give up their way to each other, as after a change of networks. They need another one, which the SDK
   * finds by itself (ICE restart).
   */
  fail(of?: FakePerson): void
  /** Undoes `cut`. */
  restore(): void
  /** How well sound and picture come through in all calls, as `call.quality` says it within 2 seconds. */
  setQuality(quality: CallQuality): void
  /** How many devices and connections are in use: none, once all calls are over. */
  inUse(): { readonly [Of in FakeDevice | 'connection']: number }
  /** Ends what is in use, and gives back what was there before: call it at the end of each test. */
  uninstall(): void
}

const roundTrips: Readonly<Record<CallQuality, number>> = { good: 0.05, fair: 0.4, poor: 1 }

let isInstalled = false

/**
 * Lets real clients call each other in Node, without a browser: two of one process are connected, and hear and see nothing. It
 * replaces `RTCPeerConnection`, `MediaStream`, `navigator.mediaDevices` and `AudioContext`, and uses no timers.
 * @example
 * const media = installFakeMedia()
 * await ann.calls.start('ben')
 * media.uninstall()
 */
export function installFakeMedia(): FakeMedia {
  if (isInstalled)
    throw new Error('Fake media are installed already: uninstall() them at the end of each test')
  const Stream = streamClass(baseOfStreams())
  const network = new FakeNetwork<FakePeer>()
  const devices = new FakeDevices(Stream, () => network.look())
  const takeBack = replaceGlobals({ Stream, network, devices })
  isInstalled = true

  function peersOf(person: FakePerson | undefined): FakePeer[] | undefined {
    if (!person) return undefined
    const { local, remote } = tracksOf(person)
    return network.peers.filter((peer) =>
      peer
        .getTransceivers()
        .some(
          ({ sender, receiver }) => (sender.track && local.has(sender.track)) || remote.has(receiver.track),
        ),
    )
  }

  /** The open tracks of a device, with their copies. */
  function openTracks(device: FakeDevice, of: FakePerson | undefined): FakeTrack[] {
    const sources = of && new Set([...tracksOf(of).local].map(({ source }) => source))
    return [...devices.live].filter((one) => deviceOf(one) === device && (sources?.has(one.source) ?? true))
  }

  return {
    refuse: (device, code = 'permission_denied') => void devices.refused.set(device, code),
    allow: (device) => void devices.refused.delete(device),
    plugIn: (device, label = `Another fake ${device}`) => devices.plugIn(device, label),
    unplug: (device, label) => devices.unplug(device, label),
    end(device, of) {
      for (const track of openTracks(device, of)) track.end()
    },
    speak(level = 0.5, of) {
      if (!of) devices.level = level
      for (const { source } of openTracks('microphone', of)) source.level = level
    },
    cut: (of) => network.cut(peersOf(of)),
    fail: (of) => network.lose(peersOf(of) ?? network.peers),
    restore: () => network.restore(),
    setQuality(quality) {
      network.roundTrip = roundTrips[quality]
    },
    inUse() {
      const count = (device: FakeDevice): number => openTracks(device, undefined).length
      const open = { microphone: count('microphone'), camera: count('camera'), screen: count('screen') }
      return { ...open, connection: network.peers.length }
    },
    uninstall() {
      if (!isInstalled) return
      takeBack()
      isInstalled = false
      for (const peer of network.peers) peer.close()
      for (const track of [...devices.live]) track.stop()
    },
  }
}

/** The tracks that a person captures, and those that come from the other party. */
function tracksOf({ calls }: FakePerson): { local: Set<FakeTrack>; remote: Set<FakeTrack> } {
  const { stream, screenStream } = calls.media.getSnapshot()
  const { remote, remoteScreen }: Partial<Call> = calls.getSnapshot().current ?? {}
  const tracksIn = (...streams: unknown[]): Set<FakeTrack> =>
    new Set(streams.flatMap((one) => (one as FakeStream | null | undefined)?.getTracks() ?? []))
  return { local: tracksIn(stream, screenStream), remote: tracksIn(remote, remoteScreen) }
}

/** That of a simulated browser, such as happy-dom, if it has one. */
function baseOfStreams(): typeof EventTarget {
  const { MediaStream, window } = globalThis as Partial<typeof globalThis>
  return MediaStream ?? window?.MediaStream ?? EventTarget
}

interface Fakes {
  readonly Stream: ReturnType<typeof streamClass>
  readonly network: FakeNetwork<FakePeer>
  readonly devices: FakeDevices
}

function replaceGlobals({ Stream, network, devices }: Fakes): () => void {
  class RTCPeerConnection extends FakePeer {
    constructor(configuration?: object) {
      super(network, configuration)
    }
  }
  class RTCSessionDescription {
    constructor(description: object) {
      Object.assign(this, description)
    }
  }
  const { navigator } = globalThis as Partial<typeof globalThis>
  const mediaDevices = { mediaDevices: devices }
  const classes = {
    ...{ RTCPeerConnection, RTCSessionDescription, MediaStream: Stream, MediaStreamTrack: FakeTrack },
    AudioContext: FakeAudioContext,
  }
  const takeBacks = [
    replaceProperties(globalThis, classes),
    navigator
      ? replaceProperties(navigator, mediaDevices)
      : // As later versions of Node have it.
        replaceProperties(globalThis, { navigator: { userAgent: 'Node.js', ...mediaDevices } }),
  ]
  return () => {
    for (const takeBack of takeBacks) takeBack()
  }
}
