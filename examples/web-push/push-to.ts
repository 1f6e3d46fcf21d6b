import type { Agent } from 'node:https'
import webPush, { WebPushError } from 'web-push'
import type { PushServerOptions } from './push-server.ts'

interface Vapid {
  /** Whom push services can write to: `mailto:ops@example.com`, or an https URL. */
  readonly subject: string
  readonly publicKey: string
  readonly privateKey: string
}

/** After so long a notification that could not be delivered is of no use any more. */
const ttlSeconds = 24 * 60 * 60
const timeoutMs = 8_000

/** Sends notifications through the push services of browsers. */
export function pushTo(vapidDetails: Vapid, agent?: Agent): PushServerOptions['push'] {
  return async (subscription, payload) => {
    try {
      const options = {
        vapidDetails,
        TTL: ttlSeconds,
        urgency: 'high',
        timeout: timeoutMs,
        ...(agent && { agent }),
      } as const
      await webPush.sendNotification(subscription, payload, options)
      return true
    } catch (error) {
      // The person has unsubscribed, or the browser is gone.
      if (error instanceof WebPushError && [404, 410].includes(error.statusCode)) return false
      throw error
    }
  }
}
