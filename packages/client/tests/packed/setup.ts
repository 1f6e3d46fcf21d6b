import type { TestProject } from 'vitest/node'
import { openConsumers } from './consumers.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The folders of `openConsumers`, which all tests of packed packages share. */
    react18: string
    react19: string
  }
}

export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const { react18, react19, close } = await openConsumers()
  provide('react18', react18)
  provide('react19', react19)
  return close
}
