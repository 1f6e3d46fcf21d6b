// Where the page's first script, or one that it begins with, cannot be loaded, none of them can say so.
addEventListener(
  'error',
  ({ target }) => {
    if (target instanceof HTMLScriptElement) document.querySelector('a')?.removeAttribute('hidden')
  },
  true,
)
