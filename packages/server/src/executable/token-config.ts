import * as z from 'zod/mini'
import { StartError } from '../errors.ts'
import type { TokenOptions } from '../identity/tokens.ts'

const secretBytes = 32

/** The variables about tokens. */
export const tokenVariables = {
  TOKEN_SECRET: z.optional(z.string()),
  TOKEN_JWKS: z.optional(z.string()),
  TOKEN_ISSUER: z.optional(z.string()),
  TOKEN_AUDIENCE: z.optional(z.string()),
}

type TokenVariables = { readonly [K in keyof typeof tokenVariables]?: string | undefined }

/** @throws StartError that shows no secret */
export function readTokens({
  TOKEN_SECRET,
  TOKEN_JWKS,
  TOKEN_ISSUER,
  TOKEN_AUDIENCE,
}: TokenVariables): TokenOptions | undefined {
  if (TOKEN_SECRET === undefined && TOKEN_JWKS === undefined) {
    if (TOKEN_ISSUER === undefined && TOKEN_AUDIENCE === undefined) return undefined
    const name = TOKEN_ISSUER === undefined ? 'TOKEN_AUDIENCE' : 'TOKEN_ISSUER'
    throw new StartError(`${name}: nothing verifies tokens: set TOKEN_SECRET or TOKEN_JWKS too`)
  }
  return {
    secrets: readSecrets(TOKEN_SECRET),
    ...(TOKEN_JWKS !== undefined && { jwks: TOKEN_JWKS }),
    ...(TOKEN_ISSUER !== undefined && { issuer: TOKEN_ISSUER }),
    ...(TOKEN_AUDIENCE !== undefined && { audience: TOKEN_AUDIENCE }),
  }
}

/** Reads `secret,secret`: several while they are rotated. */
function readSecrets(text: string | undefined): string[] {
  const secrets = text?.split(',').map((secret) => secret.trim()) ?? []
  const short = secrets.findIndex((secret) => Buffer.byteLength(secret) < secretBytes)
  if (short < 0) return secrets
  throw new StartError(
    `TOKEN_SECRET: entry ${short + 1} has less than ${secretBytes} bytes: make one with \`openssl rand -base64 48\``,
  )
}
