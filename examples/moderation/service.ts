import type { BeforeMessage } from '@dowellchat/server'

export interface ModerationService {
  /** Answers `POST {"text": "…"}` with `{"allowed": true}` or `{"allowed": false, "reason": "…"}`. */
  readonly url: string
  /** What becomes of messages that it has not answered about: `refuse` is safe, `allow` keeps people talking. */
  readonly whenDown: 'allow' | 'refuse'
  /** How long it is waited for; less than the server's own second. Default 700. */
  readonly timeoutMs?: number
  /** After so many failures running it is left alone. Default 5. */
  readonly mostFailures?: number
  /** For how long. Default 30 s. */
  readonly pauseMs?: number
}

/**
 * Asks a moderation service. One that is slow is waited for until `timeoutMs`; one that keeps failing is left alone for a while,
 * so that nobody waits for it.
 */
export function askService(service: ModerationService): BeforeMessage {
  const { url, timeoutMs = 700, mostFailures = 5, pauseMs = 30_000 } = service
  let failures = 0
  let pausedUntil = 0

  async function ask(text: string, signal: AbortSignal): Promise<string | undefined> {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    })
    if (!response.ok) throw new Error(`${url} answers ${response.status}`)
    const answer = (await response.json()) as { allowed: boolean; reason?: string }
    return answer.allowed ? undefined : (answer.reason ?? 'This message is not allowed here')
  }

  return async ({ message_data }, { signal }) => {
    if (performance.now() < pausedUntil) return undecided(service)
    try {
      const reason = await ask(message_data, signal)
      failures = 0
      return reason === undefined ? undefined : { refuse: reason }
    } catch {
      failures += 1
      if (failures >= mostFailures) {
        failures = 0
        pausedUntil = performance.now() + pauseMs
      }
      return undecided(service)
    }
  }
}

function undecided({ whenDown }: ModerationService): Awaited<ReturnType<BeforeMessage>> {
  // To throw here would make it `unavailable`: the sender's client tries again by itself.
  return whenDown === 'allow'
    ? undefined
    : { refuse: 'Messages cannot be checked now. Try again in a minute.' }
}
