import type { RequestName } from '@dowellchat/client'
import { useConnection } from '@dowellchat/client/react'

/** Whether the server lets you use a request. Until it has said so, you may not. */
export function useCan(request: RequestName): boolean {
  const { session } = useConnection()
  return session?.can.includes(request) ?? false
}
