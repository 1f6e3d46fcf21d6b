/** What was said, in the form that model servers take. */
export interface Turn {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content: string
}

/** A server that speaks OpenAI's chat completions, as llama.cpp, Ollama, vLLM and hosted ones do. */
export interface ModelOptions {
  /** Its address, as `http://localhost:11434`. */
  readonly url: string
  readonly name: string
  readonly key?: string | undefined
  /** How long it may take to begin, and between two parts. */
  readonly timeoutMs?: number
}

/** The parts of an answer, as they come. Rejects where the model fails, is too slow, or stops in the middle. */
export async function* ask(
  { url, name, key, timeoutMs = 20_000 }: ModelOptions,
  messages: readonly Turn[],
  stop: AbortSignal,
): AsyncGenerator<string> {
  const late = new AbortController()
  const wait = () => setTimeout(() => late.abort(new Error('The model does not answer')), timeoutMs)
  let timer = wait()
  try {
    const response = await fetch(new URL('/v1/chat/completions', url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) },
      body: JSON.stringify({ model: name, messages, stream: true }),
      signal: AbortSignal.any([stop, late.signal]),
    })
    if (!response.ok || !response.body) throw new Error(`The model answers with ${response.status}`)
    for await (const event of eventsIn(response.body)) {
      clearTimeout(timer)
      timer = wait()
      if (event === '[DONE]') return
      const part = JSON.parse(event).choices?.[0]?.delta?.content
      if (typeof part === 'string' && part !== '') yield part
    }
    throw new Error('The model stopped in the middle of its answer')
  } finally {
    clearTimeout(timer)
  }
}

/** The data of server-sent events. */
async function* eventsIn(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true })
    const lines = text.split('\n')
    text = lines.pop() ?? ''
    for (const line of lines) if (line.startsWith('data:')) yield line.slice('data:'.length).trim()
  }
}
