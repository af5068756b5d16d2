/** The contract suite of the `UnitOfWork` port, which every adapter of it runs with its repositories. */
import { layer } from "@effect/vitest"
import type { Layer } from "effect"
import type { Repositories } from "../../application/Ports.ts"
import { atomicity } from "./unitOfWork/atomicity.ts"
import { isolation } from "./unitOfWork/isolation.ts"
import { nesting } from "./unitOfWork/nesting.ts"

/** Registers the tests of every promise that a `UnitOfWork` makes, together with the repositories of its store. */
export const suite = (name: string, repositories: Layer.Layer<Repositories, unknown>) =>
  layer(repositories, { excludeTestServices: true })(`UnitOfWork: ${name}`, (it) => {
    atomicity(it)
    nesting(it)
    isolation(it)
  })
