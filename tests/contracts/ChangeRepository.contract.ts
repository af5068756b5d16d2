/** The contract suite of the `ChangeRepository` port, which every adapter of it runs with its repositories. */
import { layer } from "@effect/vitest"
import type { Layer } from "effect"
import type { Repositories } from "../../application/Ports.ts"
import { origins } from "./changeRepository/origins.ts"
import { recording } from "./changeRepository/recording.ts"

/** Registers the tests of every promise that a `ChangeRepository` makes, together with the repositories of its store. */
export const suite = (name: string, repositories: Layer.Layer<Repositories, unknown>) =>
  layer(repositories, { excludeTestServices: true })(`ChangeRepository: ${name}`, (it) => {
    recording(it)
    origins(it)
  })
