import { type ReactNode, useEffect } from 'react'
import { createRoot } from 'react-dom/client'
import {
  ChatProvider,
  type RingToneOptions,
  type UseMediaDevices,
  type UseMicrophoneLevel,
  type UseScreenShare,
  type UseStream,
  useCall,
  useMediaDevices,
  useMicrophoneLevel,
  useRingTone,
  useScreenShare,
  useStream,
} from '../react/index.ts'
import type {} from './sdk-page.ts'

/** The page of `sdk-page.ts` with the hooks for devices, sound and pictures; runs in the page. */
export interface CallHooksPage {
  /** Shows the hooks of the client that is open. */
  mount(options?: RingToneOptions): void
  unmount(): void
  readonly devices: UseMediaDevices
  readonly level: UseMicrophoneLevel
  readonly share: UseScreenShare
  /** Of the other party's camera, and of its screen. */
  readonly camera: UseStream
  readonly screen: UseStream
  /** The highest level since it was last asked. */
  takeLoudest(): number
  renders: number
}

declare global {
  interface Window {
    hooks: CallHooksPage
  }
}

let unmount = (): void => {}
let loudest = 0

window.hooks = {
  mount(options = {}) {
    const container = document.createElement('div')
    document.body.append(container)
    const root = createRoot(container)
    root.render(
      <ChatProvider client={window.sdk.client}>
        <Hooks {...options} />
        <Level />
      </ChatProvider>,
    )
    unmount = () => {
      root.unmount()
      container.remove()
    }
  },
  unmount: () => unmount(),
  takeLoudest() {
    const taken = loudest
    loudest = 0
    return taken
  },
  renders: 0,
} as CallHooksPage

function Hooks(options: RingToneOptions): ReactNode {
  useRingTone(options)
  const devices = useMediaDevices()
  const share = useScreenShare()
  const camera = useStream(useCall().call?.remote ?? null)
  const screen = useStream(share.remoteScreen, { muted: true })
  useEffect(() => void Object.assign(window.hooks, { devices, share, camera, screen }))
  return (
    <>
      {/* biome-ignore lint/a11y/useMediaCaption: nobody watches it */}
      <video id="camera" ref={camera.ref} />
      {/* biome-ignore lint/a11y/useMediaCaption: nobody watches it */}
      <video id="screen" ref={screen.ref} />
    </>
  )
}

function Level(): ReactNode {
  const level = useMicrophoneLevel()
  useEffect(() => {
    loudest = Math.max(loudest, level.level)
    window.hooks.renders += 1
    Object.assign(window.hooks, { level })
  })
  return null
}
