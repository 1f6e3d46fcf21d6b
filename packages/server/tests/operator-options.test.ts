import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { expectProblem } from './support/refusal.ts'
import { runCommand } from './support/run-command.ts'
import { temporaryFolder } from './support/server-process.ts'

/** The address of a server that is none of ours. */
async function otherServer(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function ask(DOWELLCHAT_URL: string): Promise<string> {
  return runCommand('audit', { DOWELLCHAT_URL, DOWELLCHAT_KEY: 'a-key', WORKSPACES: 'shop' })
}

describe('the server that a command for operators asks', () => {
  it.each(['chat.example', 'localhost:4000', 'ftp://chat.example', 'https://'])(
    '[OP2] is refused where %s is no address',
    (url) => expectProblem(ask(url), /--url or DOWELLCHAT_URL: expected an address/),
  )

  it('[OP2] is refused with a user and a password, which are not shown', async () => {
    const problem = await ask('https://canary:canary@chat.example').catch(String)
    expect(problem).toMatch(/DOWELLCHAT_URL: expected no user and password/)
    expect(problem).not.toContain('canary')
  })

  it.each([
    ['a page of another', 200, '<!doctype html>', /does not answer as a chat server/],
    ['JSON of another', 200, '{"sid":1}', /does not answer as a chat server/],
    ['a server that stops', 503, '', /answers 503: .*try again/],
    ['another', 404, '', /answers 404: is it a chat server\?/],
  ])('[OP2] is said to be %s', async (_what, status, body, problem) => {
    await expectProblem(
      ask(await otherServer((_, response) => response.writeHead(status).end(body))),
      problem,
    )
  })

  it('[OP2] is said to have forgotten the command where it was restarted meanwhile', async () => {
    const url = await otherServer(({ url = '' }, response) => {
      if (url.includes('sid=')) response.writeHead(400).end('{"code":1,"message":"Session ID unknown"}')
      else response.end('0{"sid":"a"}')
    })
    await expectProblem(ask(url), /answers 400: .*run the command again/)
  })

  it('[OP2] is said to be gone where it hangs up in the middle of an answer', async () => {
    const url = await otherServer((_, response) => {
      response.writeHead(200, { 'content-length': 100 })
      response.write('0{', () => response.destroy())
    })
    await expectProblem(ask(url), /cannot be reached/)
  })
})

it.each([
  ['keys rotate k --grace-ms abc', /--grace-ms: expected a whole number, got abc/],
  ['keys create --expires 2026-11-31', /--expires: expected a time/],
  ['webhooks replay w --since 1', /--since: expected a time/],
  ['webhooks replay w --stream room:r --seq x', /--seq: expected a whole number/],
  ['audit --limit 1.5', /--limit: expected a whole number/],
])('[OP4] %s is refused', async (line, problem) => {
  const environment = { DATA_DIR: temporaryFolder(), KEY_PEPPER: 'a pepper of the tests', WORKSPACES: 'shop' }
  await runCommand('keys create', environment)
  await expectProblem(runCommand(line, environment), problem)
})
