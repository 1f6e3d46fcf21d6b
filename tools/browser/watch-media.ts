/** Watches the media that a page receives and holds; runs in every page, before anything else. */
export interface WatchedMedia {
  /** What has been received of microphone and camera in the page's newest call. */
  flow(): Promise<{ frames: number; samples: number; energy: number }>
  /** The connections and tracks that the page has not released. */
  held(): { connections: number; tracks: number }
  /** Whether the page was stopped for over a second, as it is on a slow machine. */
  wasPaused(): boolean
  /** Makes the newest connection fail, as it does when the network is gone for good. */
  breakConnection(): void
  /** Shows a stream; a browser plays no sound otherwise. */
  show(stream: MediaStream): void
}

declare global {
  interface Window {
    watched: WatchedMedia
  }
}

const connections: RTCPeerConnection[] = []
const tracks: MediaStreamTrack[] = []
let wasPaused = false

const NativeConnection = window.RTCPeerConnection
window.RTCPeerConnection = class extends NativeConnection {
  constructor(configuration?: RTCConfiguration) {
    super(configuration)
    connections.push(this)
  }
}

const tickMs = 100
let tickedAt = performance.now()
setInterval(() => {
  const now = performance.now()
  wasPaused ||= now - tickedAt > tickMs + 1_000
  tickedAt = now
}, tickMs)

let video: HTMLVideoElement | undefined

const NativeDevices = window.MediaDevices
// Insecure pages have none.
if (NativeDevices) {
  const { getUserMedia, getDisplayMedia } = NativeDevices.prototype
  const watch = (stream: MediaStream): MediaStream => {
    tracks.push(...stream.getTracks())
    return stream
  }
  NativeDevices.prototype.getUserMedia = async function (constraints) {
    return watch(await getUserMedia.call(this, constraints))
  }
  NativeDevices.prototype.getDisplayMedia = async function (options) {
    return watch(await getDisplayMedia.call(this, options))
  }
}

window.watched = {
  async flow() {
    const reports = [...((await connections.at(-1)?.getStats())?.values() ?? [])]
    const received = (kind: string): Partial<RTCInboundRtpStreamStats> =>
      reports
        .filter((report) => report.type === 'inbound-rtp' && report.kind === kind)
        // The place of the camera comes before that of a screen.
        .sort((one, other) => Number(one.mid) - Number(other.mid))[0] ?? {}
    const { totalSamplesReceived: samples = 0, totalAudioEnergy: energy = 0 } = received('audio')
    return { frames: received('video').framesDecoded ?? 0, samples, energy }
  },
  held: () => ({
    connections: connections.filter(({ signalingState }) => signalingState !== 'closed').length,
    tracks: tracks.filter(({ readyState }) => readyState === 'live').length,
  }),
  wasPaused: () => wasPaused,
  breakConnection() {
    const connection = connections.at(-1)
    if (!connection) return
    Object.defineProperty(connection, 'connectionState', { value: 'failed' })
    connection.dispatchEvent(new Event('connectionstatechange'))
  },
  show(stream) {
    video ??= document.createElement('video')
    if (video.srcObject === stream) return
    video.autoplay = true
    video.srcObject = stream
    document.body.append(video)
  },
}
