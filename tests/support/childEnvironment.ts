/** The part of the environment that a child process of a test inherits. */

const inherited = ["PATH", "NODE_COMPILE_CACHE"]

/** Nothing else is inherited, because a setting of the service would change what the child does. */
export const childEnvironment: Readonly<Record<string, string>> = Object.fromEntries(
  inherited.flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  }),
)
