/** Why code was not loaded: the server cannot be reached, has other pages by now, or neither. */
export type LoadFailure = 'unreached' | 'updated' | 'broken'

interface LoadingState<T> {
  readonly loaded: T | null
  /** Of the last try; kept during the next one. */
  readonly failure: LoadFailure | null
  readonly isLoading: boolean
}

interface Loading<T> {
  /** Loads what is not loaded or under way. */
  readonly start: () => void
  readonly subscribe: (listener: () => void) => () => void
  readonly getSnapshot: () => LoadingState<T>
}

/** Something that is loaded once, and may be tried again until it is. */
export function createLoading<T>(load: () => Promise<T>): Loading<T> {
  let state: LoadingState<T> = { loaded: null, failure: null, isLoading: false }
  const listeners = new Set<() => void>()

  function set(next: LoadingState<T>): void {
    state = next
    for (const listener of [...listeners]) listener()
  }

  async function run(): Promise<void> {
    set({ ...state, isLoading: true })
    try {
      const failures = await Promise.all([...missing].map(loadStyle))
      const failure = failures.find((why) => why !== null)
      if (failure) return set({ loaded: null, failure, isLoading: false })
      set({ loaded: await load(), failure: null, isLoading: false })
    } catch {
      set({ loaded: null, failure: await whyNot(), isLoading: false })
    }
  }

  return {
    start() {
      if (state.loaded === null && !state.isLoading) void run()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    getSnapshot: () => state,
  }
}

/** Files have new names when their contents are new: a page that names another script than this one has brought is newer. */
async function whyNot(): Promise<LoadFailure> {
  try {
    const page = await fetch(location.pathname, { cache: 'no-store' })
    if (!page.ok) return 'unreached'
    const own = document.querySelector('script[type="module"][src]')?.getAttribute('src') ?? ''
    return (await page.text()).includes(own) ? 'broken' : 'updated'
  } catch {
    return 'unreached'
  }
}

/** Stylesheets that were not loaded. Vite asks for each only once, and takes one that is in the page for loaded. */
const missing = new Set<string>()
addEventListener('error', noteMissing, true)

function noteMissing({ target }: Event): void {
  if (!(target instanceof HTMLLinkElement) || target.rel !== 'stylesheet') return
  missing.add(target.href)
  target.remove()
}

/** Resolves to null also for one that fails where all else can be loaded: what it is for works without it, too. */
function loadStyle(href: string): Promise<LoadFailure | null> {
  missing.delete(href)
  return new Promise((resolve) => {
    const onload = (): void => resolve(null)
    async function onerror(): Promise<void> {
      const why = await whyNot()
      resolve(why === 'broken' ? null : why)
    }
    const link = document.createElement('link')
    document.head.append(Object.assign(link, { rel: 'stylesheet', href, onload, onerror }))
  })
}
