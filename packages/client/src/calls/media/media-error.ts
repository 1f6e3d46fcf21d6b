import { MediaError, type MediaErrorCode } from '../../errors.ts'

export type Device = 'microphone' | 'camera'

/** Throws where calls are impossible. */
export function assertSupported(): void {
  const { RTCPeerConnection, navigator, isSecureContext } = globalThis
  // Despite their types, these are missing on insecure pages, in browsers without WebRTC and in Node.
  if (RTCPeerConnection && navigator?.mediaDevices) return
  const message =
    isSecureContext === false
      ? 'Calls need a secure page: open it with https, or as localhost'
      : 'This browser cannot make calls: use a recent Chrome, Edge, Firefox or Safari'
  throw new MediaError('unsupported', null, message)
}

const codes: Readonly<Record<string, MediaErrorCode>> = {
  NotAllowedError: 'permission_denied',
  SecurityError: 'permission_denied',
  NotFoundError: 'not_found',
  OverconstrainedError: 'not_found',
  NotReadableError: 'in_use',
  AbortError: 'in_use',
}

/** The browser's refusal as an error with words for people. */
export function mediaErrorOf(cause: unknown, device: Device): MediaError {
  if (cause instanceof MediaError) return cause
  const code = codeOf(cause)
  return new MediaError(code, device, `The ${device} ${problem(code, 'it')}`, cause)
}

/** Why the screen is not shared. */
export function screenErrorOf(cause: unknown): MediaError {
  // Despite its type, it is missing on phones.
  const isMissing = !globalThis.navigator?.mediaDevices?.getDisplayMedia
  const code = isMissing ? 'unsupported' : codeOf(cause)
  const message = isMissing
    ? 'This browser cannot share its screen: use a recent Chrome, Edge, Firefox or Safari on a computer'
    : code === 'permission_denied'
      ? 'The screen was not shared'
      : 'The screen could not be shared: try again'
  return new MediaError(code, 'screen', message, cause)
}

/** The error of a device that was unplugged or lost its permission. */
export function goneError(device: Device): MediaError {
  return new MediaError('not_found', device, `The ${device} ${problem('not_found', 'it')}`)
}

/** One error for several devices, none of which is available. */
export function joinErrors([first, second]: readonly [MediaError, ...MediaError[]]): MediaError {
  const { code, device, cause } = first
  if (device === null || code !== second?.code) return first
  return new MediaError(code, null, `The microphone and camera ${problem(code, 'them')}`, cause)
}

function codeOf(cause: unknown): MediaErrorCode {
  return codes[cause instanceof DOMException ? cause.name : ''] ?? 'failed'
}

function problem(code: MediaErrorCode, it: 'it' | 'them'): string {
  if (code === 'permission_denied')
    return `may not be used: allow ${it} in the browser's address bar and try again`
  if (code === 'not_found') return `could not be found: connect ${it} and try again`
  if (code === 'in_use') return `could not be opened: close what else uses ${it} and try again`
  return `could not be started: try again`
}
