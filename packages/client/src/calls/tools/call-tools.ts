// What the hooks for devices, sound and pictures load when one of them is first used.
export { followDevices } from './device-list.ts'
export { followLevel } from './microphone-level.ts'
export { followRinging } from './ring-tone.ts'
export { showStream } from './show-stream.ts'
