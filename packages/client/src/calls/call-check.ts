/** What a page can expect of a call, before there is one. */
export interface CallCheck {
  /** Whether the chat's server answers. */
  readonly server: 'ok' | 'unreachable'
  /** Whether a TURN server answers; `none` if there is none to ask. */
  readonly turn: 'ok' | 'unreachable' | 'none'
  /** Whether sound and picture get through where no direct way is open. */
  readonly hasRelay: boolean
  /** `silent` is a microphone that works and gives no sound at all, as one that is off at a switch of its own. */
  readonly microphone: DeviceCheck | 'silent'
  readonly camera: DeviceCheck
}

/** `refused` by the user, the browser or the system; `in_use` by another program; `failed` for another reason. */
export type DeviceCheck = 'ok' | 'missing' | 'refused' | 'in_use' | 'failed'
