import { readFileSync } from 'node:fs'
import * as z from 'zod/mini'
import { StartError } from '../errors.ts'
import { type WebhookOptions, webhooksOf } from '../webhooks/options.ts'

const Texts = z.array(z.string())
const Webhooks = z.array(
  z.strictObject({
    id: z.string(),
    url: z.string(),
    secret: z.union([z.string(), Texts]),
    streams: z.optional(z.array(z.enum(['room', 'ticket', 'thread']))),
    workspaces: z.optional(Texts),
    events: z.optional(z.array(z.enum(['entries', 'unread']))),
    allowPrivate: z.optional(Texts),
  }),
)

/**
 * Reads `WEBHOOKS`: the name of a JSON file, or JSON itself, with a list of webhooks.
 * @throws StartError that shows no secret
 */
export function readWebhooks(
  text: string | undefined,
  workspaces: readonly string[],
): readonly WebhookOptions[] | undefined {
  if (text === undefined) return undefined
  const read = z.safeParse(Webhooks, parse(isJson(text) ? text : contentOf(text)))
  if (!read.success) {
    const [issue] = read.error.issues
    throw new StartError(`WEBHOOKS: ${issue?.path.join('.') || 'the list'}: ${issue?.message}`)
  }
  // The schema reads these options, but for what is left out.
  const webhooks = read.data as readonly WebhookOptions[]
  webhooksOf(webhooks, { workspaces, place: 'WEBHOOKS' })
  return webhooks
}

/** Also where it is not quite what is meant: the name of a file is shown where there is none, a secret never. */
function isJson(text: string): boolean {
  return /^\s*\[|[{"]/.test(text)
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new StartError(
      `WEBHOOKS: ${file} cannot be read (${code}): name a JSON file with a list of webhooks`,
      {
        cause,
      },
    )
  }
}

/** The parser's own errors show what it has read, secrets too. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new StartError('WEBHOOKS: expected JSON: [{"id": …, "url": …, "secret": …}]')
  }
}
