import type { Agent } from 'node:https'
import webPush, { WebPushError } from 'web-push'
import type { PushServerOptions } from './push-server.ts'
import { hasKeys } from './subscriptions.ts'

interface Vapid {
  /** Whom push services can write to: `mailto:ops@example.com`, or an https URL. */
  readonly subject: string
  readonly publicKey: string
  readonly privateKey: string
}

/** After so long a notification that could not be delivered is of no use any more. */
const ttlSeconds = 24 * 60 * 60
const timeoutMs = 8_000

/**
 * Sends notifications through the push services of browsers.
 * @throws where the VAPID keys or the subject are none
 */
export function pushTo(vapidDetails: Vapid, agent?: Agent): PushServerOptions['push'] {
  const { subject, publicKey, privateKey } = vapidDetails
  webPush.getVapidHeaders('https://push.example', subject, publicKey, privateKey, 'aes128gcm')
  return async (subscription, payload) => {
    // Nothing can be encrypted for it.
    if (!hasKeys(subscription.keys)) return false
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
      if (!(error instanceof WebPushError)) throw error
      return isKept(error)
    }
  }
}

/** Whether the subscription that a push service has refused is kept. @throws where the service may take it later */
function isKept(error: WebPushError): boolean {
  const { statusCode, endpoint, body } = error
  // The person has unsubscribed, or the browser is gone.
  if ([404, 410].includes(statusCode)) return false
  if (statusCode < 400 || statusCode >= 500 || [408, 429].includes(statusCode)) throw error
  // That is this server's fault: nothing is forgotten for it, and to send it again is of no use.
  const isVapid = [401, 403].includes(statusCode)
  const why = isVapid
    ? ', where VAPID keys are wrong, or others than those a browser has subscribed with'
    : ''
  console.error(`${new URL(endpoint).host} answers ${statusCode}${why}: ${body.slice(0, 200)}`)
  return true
}
