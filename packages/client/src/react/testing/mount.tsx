import './dom.ts'
import { type ReactNode, StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { onTestFinished } from 'vitest'
import type { ChatClient } from '../../client.ts'
import { ChatProvider } from '../chat-provider.tsx'

/** A mounted page; unmounted with the test. */
export interface Mounted {
  readonly container: HTMLElement
  readonly render: (children: ReactNode) => void
  readonly unmount: () => void
}

/** Renders into the document without `act`: updates come from real sockets, and tests wait for their effects. */
export function mount(children: ReactNode): Mounted {
  const container = document.createElement('div')
  const root = createRoot(container)
  root.render(children)
  onTestFinished(() => root.unmount())
  return { container, render: (next) => root.render(next), unmount: () => root.unmount() }
}

function Probe<T>({ useHook, answers }: { useHook: () => T; answers: T[] }): null {
  answers.push(useHook())
  return null
}

/** Renders a hook below a provider and keeps what it returns in each render. */
export function mountHook<T>(client: ChatClient, useHook: () => T, { isStrict = false } = {}) {
  const answers: T[] = []
  const page = (): ReactNode => {
    const probe = (
      <ChatProvider client={client}>
        <Probe useHook={useHook} answers={answers} />
      </ChatProvider>
    )
    return isStrict ? <StrictMode>{probe}</StrictMode> : probe
  }
  const mounted = mount(page())
  return {
    ...mounted,
    client,
    renderAgain: () => mounted.render(page()),
    answers,
    /** What the hook returned last. */
    get answer(): T | undefined {
      return answers.at(-1)
    },
    /** How often it has rendered. */
    get renders(): number {
      return answers.length
    },
  }
}
