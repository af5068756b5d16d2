/** Arguments of several words, which need no quotes in a shell. */
import { Argument } from "effect/cli"

/** More than the words of the longest title. */
const maxWords = 500

/** An argument that joins its words with blanks: `taskwright add Buy milk`. */
export const words = (name: string, description: string) =>
  Argument.String(name).pipe(
    Argument.withDescription(description),
    Argument.between(1, maxWords),
    Argument.map((given) => given.join(" ")),
  )
