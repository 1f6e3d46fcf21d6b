import type { ChosenDevices, DeviceKind } from '../local-media.ts'

// For the whole page, since a browser has one user; used by the code for calls and by that of the hooks.

const key = 'dowellchat-devices'
const listeners = new Set<() => void>()
let chosen: ChosenDevices | undefined

/** The ids of the devices that the user has chosen in this browser, now or earlier. */
export function chosenDevices(): ChosenDevices {
  chosen ??= keptChoice()
  return chosen
}

/** Keeps a choice in this browser; null goes back to the browser's default. */
export function keepChoice(kind: DeviceKind, id: string | null): void {
  // Before the permission browsers list devices without ids.
  chosen = { ...chosenDevices(), [kind]: id || null }
  try {
    localStorage.setItem(key, JSON.stringify(chosen))
  } catch {
    // Forbidden or missing: the choice lasts as long as the page.
  }
  for (const listener of [...listeners]) listener()
}

/** Calls the listener when something else is chosen; the answer stops that. */
export function onChoice(listener: () => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

function keptChoice(): ChosenDevices {
  const kept = readKept()
  const idOf = (kind: DeviceKind): string | null => {
    const id: unknown = kept && Reflect.get(kept, kind)
    return typeof id === 'string' ? id : null
  }
  return { microphone: idOf('microphone'), camera: idOf('camera'), speaker: idOf('speaker') }
}

function readKept(): object | undefined {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '')
    return typeof kept === 'object' && kept !== null ? kept : undefined
  } catch {
    return undefined
  }
}
