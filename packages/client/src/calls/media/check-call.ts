import { isRequestError, MediaError, type MediaErrorCode } from '../../errors.ts'
import type { RequestMethods } from '../../requests/request.ts'
import type { CallCheck, DeviceCheck } from '../call-check.ts'
import { capture } from './capture.ts'
import type { IceServers } from './ice-servers.ts'
import { assertSupported, type Device, mediaErrorOf } from './media-error.ts'

/** A TURN server that answers does so within a second or two. */
const turnMs = 5_000
/** A microphone that works hears something at once: its own noise. */
const silenceMs = 2_000
const everyMs = 50

/** Tries what a call needs. Rejects with a `MediaError` where calls are impossible. */
export async function checkCall(request: RequestMethods, ice: IceServers): Promise<CallCheck> {
  assertSupported()
  // Addresses that are wrong are found before the browser asks for devices.
  const iceServers = await ice.get()
  const connection = connectBy(iceServers)
  const [server, turn, [microphone, camera]] = await Promise.all([
    checkServer(request),
    checkTurn(connection, iceServers),
    checkDevices(),
  ])
  return { server, turn, hasRelay: turn === 'ok', microphone, camera }
}

async function checkServer(request: RequestMethods): Promise<CallCheck['server']> {
  try {
    await request.get_ice_servers({})
    return 'ok'
  } catch (error) {
    // Who refuses is there, as are servers before 0.10, which do not know the request.
    const isAnswer = isRequestError(error) && error.code !== 'unavailable' && error.code !== 'timeout'
    return isAnswer ? 'ok' : 'unreachable'
  }
}

async function checkTurn(
  connection: RTCPeerConnection,
  iceServers: RTCIceServer[],
): Promise<CallCheck['turn']> {
  const isTurn = ({ urls }: RTCIceServer): boolean => [urls].flat().some((url) => /^turns?:/.test(url))
  let timer: ReturnType<typeof setTimeout> | undefined
  try {
    if (!iceServers.some(isTurn)) return 'none'
    return await new Promise((resolve) => {
      timer = setTimeout(() => resolve('unreachable'), turnMs)
      connection.addEventListener('icecandidate', ({ candidate }) => {
        // With this policy there are no others. An empty one marks the end.
        if (candidate?.candidate) resolve('ok')
        else if (!candidate) resolve('unreachable')
      })
      connection.createDataChannel('check')
      connection.setLocalDescription().catch(() => resolve('unreachable'))
    })
  } finally {
    clearTimeout(timer)
    connection.close()
  }
}

/** Browsers refuse all servers for one address that is written otherwise, or has no password: then every call fails. */
function connectBy(iceServers: RTCIceServer[]): RTCPeerConnection {
  try {
    return new RTCPeerConnection({ iceServers, iceTransportPolicy: 'relay' })
  } catch (cause) {
    const message =
      'Calls are not set up correctly: a STUN or TURN address is wrong, or its user name or password is missing'
    throw new MediaError('failed', null, message, cause)
  }
}

/** One prompt for both, as a call has; one by one if that fails. */
async function checkDevices(): Promise<readonly [CallCheck['microphone'], DeviceCheck]> {
  const both = await capture(['microphone', 'camera']).catch(() => undefined)
  if (both) return [await checkSound(both).finally(() => stop(both)), 'ok']
  return [await checkDevice('microphone', checkSound), await checkDevice('camera', async () => 'ok' as const)]
}

async function checkDevice<Found>(
  device: Device,
  look: (stream: MediaStream) => Promise<Found>,
): Promise<Found | DeviceCheck> {
  try {
    const stream = await capture([device])
    return await look(stream).finally(() => stop(stream))
  } catch (cause) {
    return checks[mediaErrorOf(cause, device).code]
  }
}

const checks = {
  permission_denied: 'refused',
  not_found: 'missing',
  in_use: 'in_use',
  unsupported: 'failed',
  failed: 'failed',
} as const satisfies Record<MediaErrorCode, DeviceCheck>

async function checkSound(stream: MediaStream): Promise<'ok' | 'silent'> {
  const context = new AudioContext()
  try {
    void context.resume().catch(() => undefined)
    const analyser = context.createAnalyser()
    context.createMediaStreamSource(stream).connect(analyser)
    const samples = new Float32Array(analyser.fftSize)
    for (let waited = 0; waited < silenceMs; waited += everyMs) {
      await new Promise((resolve) => setTimeout(resolve, everyMs))
      analyser.getFloatTimeDomainData(samples)
      if (samples.some((sample) => sample !== 0)) return 'ok'
    }
    // Before the user has clicked somewhere, nothing can be heard of any microphone.
    return context.state === 'running' ? 'silent' : 'ok'
  } finally {
    void context.close().catch(() => undefined)
  }
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop()
}
