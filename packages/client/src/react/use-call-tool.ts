import { useEffect, useState } from 'react'
import { backoffMs } from '../connection/retry.ts'

type CallTools = typeof import('../calls/tools/call-tools.ts')

/**
 * Runs one of the tools for calls while the component is mounted, and again when it is about something else. Their code is
 * loaded when one of them is first used.
 * @param run starts a tool, and returns what stops it; always the same function
 * @returns what the tool has told last
 */
export function useCallTool<T, About extends readonly unknown[]>(
  initial: T,
  run: (tools: CallTools, tell: (next: T) => void, ...about: About) => () => void,
  ...about: About
): T {
  const [state, tell] = useState(initial)
  useEffect(() => {
    let isMounted = true
    let stop: (() => void) | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    function start(failures: number): void {
      import('../calls/tools/call-tools.ts').then(
        (tools) => {
          if (isMounted) stop = run(tools, tell, ...about)
        },
        () => {
          if (isMounted) timer = setTimeout(() => start(failures + 1), backoffMs(failures))
        },
      )
    }
    start(1)
    return () => {
      isMounted = false
      clearTimeout(timer)
      stop?.()
    }
    // biome-ignore lint/correctness/useExhaustiveDependencies: `run` is always the same
  }, about)
  return state
}
