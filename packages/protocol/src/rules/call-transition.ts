export type CallState = 'ringing' | 'active' | 'ended'

/**
 * Why a call ended: `cancelled` by the caller or `declined` by the callee while it rang, `hung_up` by either of them later,
 * `lost` with a connection. `answered_elsewhere` goes only to the callee's other devices; the call itself continues.
 */
export type CallEndReason = 'cancelled' | 'declined' | 'hung_up' | 'lost' | 'answered_elsewhere'

/** Something that can ring: a tab of the current dialect, or a V2 socket, whose `device_id` is its socket id. */
export interface CallDevice {
  readonly user_id: string
  readonly device_id: string
}

/** The part of a call that determines what may happen next. */
export interface CallStatus {
  readonly state: CallState
  readonly caller: CallDevice
  /** The devices that ring or rang, without those that were lost while ringing. */
  readonly callee_devices: readonly CallDevice[]
  /** The callee's device that answered. */
  readonly answered_by: CallDevice | null
  /** Distinguishes a repeated answer from a different one. */
  readonly answer_fingerprint: string | null
  readonly reason: CallEndReason | null
}

export type CallEvent =
  | { readonly type: 'answer'; readonly device: CallDevice; readonly fingerprint: string }
  | { readonly type: 'end'; readonly device: CallDevice }
  | { readonly type: 'lose'; readonly device: CallDevice }
  /** A device of a user whom the call rings already has come, or has come back. */
  | { readonly type: 'ring'; readonly device: CallDevice }

/** `changed` is false if the call already was in the requested state. `refused` leaves it unchanged. */
export type CallTransition =
  | { readonly changed: boolean; readonly status: CallStatus }
  | { readonly refused: 'not_found' | 'conflict'; readonly why: string }

export function isSameDevice(a: CallDevice | null, b: CallDevice): boolean {
  return a !== null && a.user_id === b.user_id && a.device_id === b.device_id
}

/** The devices in the call now: the caller and all that ring, or the two that talk. */
export function callDevices({ caller, callee_devices, answered_by }: CallStatus): readonly CallDevice[] {
  return answered_by ? [caller, answered_by] : [caller, ...callee_devices]
}

/** The next status of a call after an event. Pure; server and client both run it. */
export function callTransition(status: CallStatus, event: CallEvent): CallTransition {
  if (event.type === 'answer') return answer(status, event.device, event.fingerprint)
  if (event.type === 'lose') return lose(status, event.device)
  if (event.type === 'ring') return ring(status, event.device)
  return end(status, event.device)
}

const notYours = { refused: 'not_found', why: 'There is no such call' } as const

function answer(status: CallStatus, device: CallDevice, fingerprint: string): CallTransition {
  if (isSameDevice(status.caller, device))
    return { refused: 'conflict', why: 'Only the callee answers a call' }
  if (!status.callee_devices.some((one) => isSameDevice(one, device))) return notYours
  if (isSameDevice(status.answered_by, device) && status.answer_fingerprint === fingerprint) {
    return { changed: false, status }
  }
  if (status.state === 'ended') return { refused: 'conflict', why: 'The call has ended' }
  if (status.state === 'active') return { refused: 'conflict', why: 'The call is answered already' }
  return {
    changed: true,
    status: { ...status, state: 'active', answered_by: device, answer_fingerprint: fingerprint },
  }
}

function end(status: CallStatus, device: CallDevice): CallTransition {
  const isCaller = isSameDevice(status.caller, device)
  if (!isCaller && !status.callee_devices.some((one) => isSameDevice(one, device))) return notYours
  if (status.state === 'ended') return { changed: false, status }
  if (status.state === 'ringing') return ended(status, isCaller ? 'cancelled' : 'declined')
  if (isCaller || isSameDevice(status.answered_by, device)) return ended(status, 'hung_up')
  return { refused: 'conflict', why: 'The call was answered on another device' }
}

function lose(status: CallStatus, device: CallDevice): CallTransition {
  if (status.state === 'ended') return { changed: false, status }
  if (isSameDevice(status.caller, device) || isSameDevice(status.answered_by, device))
    return ended(status, 'lost')
  const left = status.callee_devices.filter((one) => !isSameDevice(one, device))
  if (left.length === status.callee_devices.length) return { changed: false, status }
  if (left.length === 0) return ended(status, 'lost')
  return { changed: true, status: { ...status, callee_devices: left } }
}

/** More than this many devices do not ring for one call. */
const mostDevices = 200

function ring(status: CallStatus, device: CallDevice): CallTransition {
  const { state, caller, callee_devices } = status
  const isCalled = callee_devices.some(({ user_id }) => user_id === device.user_id)
  if (!isCalled || isSameDevice(caller, device)) return notYours
  if (state !== 'ringing') return { refused: 'conflict', why: 'The call does not ring any more' }
  if (callee_devices.some((one) => isSameDevice(one, device))) return { changed: false, status }
  if (callee_devices.length >= mostDevices)
    return { refused: 'conflict', why: 'The call rings on too many devices' }
  return { changed: true, status: { ...status, callee_devices: [...callee_devices, device] } }
}

function ended(status: CallStatus, reason: CallEndReason): CallTransition {
  return { changed: true, status: { ...status, state: 'ended', reason } }
}
