import type { Plugin } from 'esbuild'

const names = [
  ...['createContext', 'useCallback', 'useContext', 'useEffect', 'useMemo', 'useRef', 'useState'],
  ...['useInsertionEffect', 'useSyncExternalStore'],
]

/**
 * Imports React once for all hooks. esbuild, which may be the application's bundler too, keeps one import for each file that it has
 * put together, each with names of its own. What is missing among `names` fails the build.
 */
export const oneReact: Plugin = {
  name: 'one import of react',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^react$/ }, ({ namespace }) =>
      namespace === 'one-react'
        ? { path: 'react', external: true }
        : { path: 'react', namespace: 'one-react' },
    )
    onLoad({ filter: /.*/, namespace: 'one-react' }, () => ({
      contents: `export { ${names.join(', ')} } from 'react'`,
    }))
  },
}
