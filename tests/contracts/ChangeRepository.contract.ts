/** The contract suite of the `ChangeRepository` port, which every adapter of it runs with its repositories. */
import { layer } from "@effect/vitest"
import type { Layer } from "effect"
import type { Repositories } from "../../application/Ports.ts"
import { concurrency } from "./changeRepository/concurrency.ts"
import { history } from "./changeRepository/history.ts"
import { origins } from "./changeRepository/origins.ts"
import { pages } from "./changeRepository/pages.ts"
import { purging } from "./changeRepository/purging.ts"
import { recording } from "./changeRepository/recording.ts"
import { retention } from "./changeRepository/retention.ts"
import { undoPlans } from "./changeRepository/undoPlans.ts"
import { undoReads } from "./changeRepository/undoReads.ts"
import { undoSteps } from "./changeRepository/undoSteps.ts"

/** Registers the tests of every promise that a `ChangeRepository` makes, together with the repositories of its store. */
export const suite = (name: string, repositories: Layer.Layer<Repositories, unknown>) =>
  layer(repositories, { excludeTestServices: true })(`ChangeRepository: ${name}`, (it) => {
    recording(it)
    origins(it)
    concurrency(it)
    pages(it)
    history(it)
    undoReads(it)
    undoSteps(it)
    undoPlans(it)
    purging(it)
    retention(it)
  })
