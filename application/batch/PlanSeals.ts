/** The port that proves that this service has shown a plan. */
import { Context } from "effect"

/** Makes and checks proofs of texts. Processes that share their keys MUST accept each other's seals. */
export class PlanSeals extends Context.Service<
  PlanSeals,
  {
    /** Returns the seal of the text: 43 characters of A-Z, a-z, 0-9, `_` and `-`. It cannot be made without the key. */
    readonly seal: (text: string) => string

    /** Whether the seal belongs to the text. The time that this takes MUST NOT depend on where the two differ. */
    readonly isSealOf: (seal: string, text: string) => boolean
  }
>()("taskwright/PlanSeals") {}
