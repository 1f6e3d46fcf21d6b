/**
 * `ringing` until a device answers, `connecting` until sound and picture flow, `active` while they do, `reconnecting` while
 * the call waits for a party that is away.
 */
export type CallState = 'ringing' | 'connecting' | 'active' | 'reconnecting' | 'ended'

/**
 * Why a call ended. While it rang: `cancelled` by the caller, `declined` by the callee, `busy` because the callee talks to
 * somebody else, `missed` because nobody answered in time. Later: `hung_up` by either party, or `failed` because sound and
 * picture could not be connected. Either time: `lost` with a connection. `answered_elsewhere` goes only to the callee's other
 * devices; the call itself continues.
 */
export type CallEndReason =
  | 'cancelled'
  | 'declined'
  | 'busy'
  | 'missed'
  | 'hung_up'
  | 'failed'
  | 'lost'
  | 'answered_elsewhere'

/** Something that can ring: a tab of the current dialect, or a V2 socket, whose `device_id` is its socket id. */
export interface CallDevice {
  readonly user_id: string
  readonly device_id: string
}

/** The part of a call that determines what may happen next. */
export interface CallStatus {
  readonly state: CallState
  readonly caller: CallDevice
  /** The devices that ring or rang, without those that were lost, or busy, while ringing. */
  readonly callee_devices: readonly CallDevice[]
  /** The callee's device that answered. */
  readonly answered_by: CallDevice | null
  /** Distinguishes a repeated answer from a different one. */
  readonly answer_fingerprint: string | null
  /** The parties that are away and may come back; while it rings only the caller is looked for. */
  readonly away: readonly CallDevice[]
  /** Whether sound and picture have flowed. */
  readonly has_connected: boolean
  readonly reason: CallEndReason | null
}

export type CallEvent =
  | { readonly type: 'answer'; readonly device: CallDevice; readonly fingerprint: string }
  /** The device does not answer: `busy` speaks for itself alone, `declined` for its user. */
  | { readonly type: 'reject'; readonly device: CallDevice; readonly reason: 'declined' | 'busy' }
  /** Sound and picture flow. */
  | { readonly type: 'connect'; readonly device: CallDevice }
  | { readonly type: 'end'; readonly device: CallDevice; readonly reason?: 'failed' }
  /** The device's connection is lost, and it may come back. */
  | { readonly type: 'leave'; readonly device: CallDevice }
  | { readonly type: 'return'; readonly device: CallDevice }
  /** The device does not come back. */
  | { readonly type: 'lose'; readonly device: CallDevice }
  /** A device of a user whom the call rings already has come, or has come back. */
  | { readonly type: 'ring'; readonly device: CallDevice }
  /** It has rung for long enough. */
  | { readonly type: 'expire' }

/** `changed` is false if the call already was in the requested state. `refused` leaves it unchanged. */
export type CallTransition =
  | { readonly changed: boolean; readonly status: CallStatus }
  | { readonly refused: 'not_found' | 'conflict'; readonly why: string }

export function isSameDevice(a: CallDevice | null, b: CallDevice): boolean {
  return a !== null && a.user_id === b.user_id && a.device_id === b.device_id
}

/** A call that rings. */
export function ringingCall(caller: CallDevice, callee_devices: readonly CallDevice[]): CallStatus {
  return {
    state: 'ringing',
    caller,
    callee_devices,
    answered_by: null,
    answer_fingerprint: null,
    away: [],
    has_connected: false,
    reason: null,
  }
}

/** Whether a call was answered and has not ended. */
export function isUnderWay({ state }: Pick<CallStatus, 'state'>): boolean {
  return state !== 'ringing' && state !== 'ended'
}

/** Whether a call has ended without an answer, which nobody has declined. */
export function isMissed({
  state,
  answered_by,
  reason,
}: Pick<CallStatus, 'state' | 'answered_by' | 'reason'>): boolean {
  return state === 'ended' && answered_by === null && reason !== 'declined'
}

/** Whether a device is the caller's, or the one that answered. */
export function isParty({ caller, answered_by }: CallStatus, device: CallDevice): boolean {
  return isSameDevice(caller, device) || isSameDevice(answered_by, device)
}

/** The devices in the call now: the caller and all that ring, or the two that talk. */
export function callDevices({ caller, callee_devices, answered_by }: CallStatus): readonly CallDevice[] {
  return answered_by ? [caller, answered_by] : [caller, ...callee_devices]
}

/** The next status of a call after an event. Pure; server and client both run it. */
export function callTransition(status: CallStatus, event: CallEvent): CallTransition {
  switch (event.type) {
    case 'answer':
      return answer(status, event.device, event.fingerprint)
    case 'reject':
      return reject(status, event.device, event.reason)
    case 'connect':
      return connect(status, event.device)
    case 'end':
      return end(status, event.device, event.reason)
    case 'leave':
      return leave(status, event.device)
    case 'return':
      return comeBack(status, event.device)
    case 'lose':
      return lose(status, event.device)
    case 'ring':
      return ring(status, event.device)
    case 'expire':
      return status.state === 'ringing' ? ended(status, 'missed') : unchanged(status)
  }
}

const notYours = { refused: 'not_found', why: 'There is no such call' } as const
const hasEnded = { refused: 'conflict', why: 'The call has ended' } as const
const answeredElsewhere = { refused: 'conflict', why: 'The call was answered on another device' } as const

function unchanged(status: CallStatus): CallTransition {
  return { changed: false, status }
}

function ended(status: CallStatus, reason: CallEndReason): CallTransition {
  return { changed: true, status: { ...status, state: 'ended', away: [], reason } }
}

function rings(status: CallStatus, device: CallDevice): boolean {
  return status.callee_devices.some((one) => isSameDevice(one, device))
}

/** The state of a call that was answered. */
function talking(status: CallStatus): CallState {
  if (status.away.length > 0) return 'reconnecting'
  return status.has_connected ? 'active' : 'connecting'
}

function answer(status: CallStatus, device: CallDevice, fingerprint: string): CallTransition {
  if (isSameDevice(status.caller, device))
    return { refused: 'conflict', why: 'Only the callee answers a call' }
  if (!rings(status, device)) return notYours
  if (isSameDevice(status.answered_by, device) && status.answer_fingerprint === fingerprint)
    return unchanged(status)
  if (status.state === 'ended') return hasEnded
  if (status.state !== 'ringing') return { refused: 'conflict', why: 'The call is answered already' }
  const answered: CallStatus = { ...status, answered_by: device, answer_fingerprint: fingerprint }
  return { changed: true, status: { ...answered, state: talking(answered) } }
}

function reject(status: CallStatus, device: CallDevice, reason: 'declined' | 'busy'): CallTransition {
  if (isSameDevice(status.caller, device))
    return { refused: 'conflict', why: 'Only the callee rejects a call' }
  if (!rings(status, device)) return notYours
  if (status.state === 'ended') return unchanged(status)
  if (status.state !== 'ringing')
    return isSameDevice(status.answered_by, device)
      ? { refused: 'conflict', why: 'The call is answered already' }
      : answeredElsewhere
  return reason === 'declined' ? ended(status, 'declined') : ringWithout(status, device, 'busy')
}

function connect(status: CallStatus, device: CallDevice): CallTransition {
  if (!isParty(status, device)) return rings(status, device) ? answeredElsewhere : notYours
  if (status.state === 'ended') return hasEnded
  if (status.state === 'ringing') return { refused: 'conflict', why: 'The call is not answered yet' }
  if (status.has_connected) return unchanged(status)
  const connected: CallStatus = { ...status, has_connected: true }
  return { changed: true, status: { ...connected, state: talking(connected) } }
}

function end(status: CallStatus, device: CallDevice, reason?: 'failed'): CallTransition {
  const isCaller = isSameDevice(status.caller, device)
  if (!isCaller && !rings(status, device)) return notYours
  if (status.state === 'ended') return unchanged(status)
  if (status.state === 'ringing') return ended(status, isCaller ? 'cancelled' : 'declined')
  return isParty(status, device) ? ended(status, reason ?? 'hung_up') : answeredElsewhere
}

function leave(status: CallStatus, device: CallDevice): CallTransition {
  const { state, away } = status
  const isAway = away.some((one) => isSameDevice(one, device))
  if (state === 'ended' || isAway || !isParty(status, device)) return unchanged(status)
  const left: CallStatus = { ...status, away: [...away, device] }
  return { changed: true, status: state === 'ringing' ? left : { ...left, state: talking(left) } }
}

function comeBack(status: CallStatus, device: CallDevice): CallTransition {
  const away = status.away.filter((one) => !isSameDevice(one, device))
  if (away.length === status.away.length) return unchanged(status)
  const back: CallStatus = { ...status, away }
  return { changed: true, status: status.state === 'ringing' ? back : { ...back, state: talking(back) } }
}

function lose(status: CallStatus, device: CallDevice): CallTransition {
  if (status.state === 'ended') return unchanged(status)
  if (isParty(status, device)) return ended(status, 'lost')
  return status.state === 'ringing' && rings(status, device)
    ? ringWithout(status, device, 'lost')
    : unchanged(status)
}

/** Rings on where it still rings; without a device it ends. */
function ringWithout(status: CallStatus, device: CallDevice, reason: 'busy' | 'lost'): CallTransition {
  const left = status.callee_devices.filter((one) => !isSameDevice(one, device))
  return left.length === 0
    ? ended(status, reason)
    : { changed: true, status: { ...status, callee_devices: left } }
}

/** No device that comes rings for a call that has rung on so many. Whoever opens new ones all the time would fill its row. */
const mostDevices = 32

function ring(status: CallStatus, device: CallDevice): CallTransition {
  const { state, caller, callee_devices } = status
  const isCalled = callee_devices.some(({ user_id }) => user_id === device.user_id)
  if (!isCalled || isSameDevice(caller, device)) return notYours
  if (state !== 'ringing') return { refused: 'conflict', why: 'The call does not ring any more' }
  if (rings(status, device)) return unchanged(status)
  if (callee_devices.length >= mostDevices)
    return { refused: 'conflict', why: 'The call rings on too many devices' }
  return { changed: true, status: { ...status, callee_devices: [...callee_devices, device] } }
}
